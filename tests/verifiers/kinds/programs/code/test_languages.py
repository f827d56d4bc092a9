import pytest

from verifiers.kinds.programs.code.languages import language

TESTS = {"type": "stdio", "cases": [["2 3\n", "5\n"], ["10 -4\n", "6\n"]], "time_limit": 2.0,
         "memory_mb": 256}  # fmt: skip
CALL = {"type": "function", "entry_point": "add", "cases": [[[2, 3], 5], [[0.5, 1], 1.5]],
        "language": "javascript"}  # fmt: skip

CPP = {
    "right": "#include <iostream>\nint main(){long a,b;std::cin>>a>>b;std::cout<<a+b<<'\\n';}",
    "greedy": "#include <vector>\nint main(){std::vector<int> v;for(;;)v.push_back(v.size());}",
    "forks": '#include <unistd.h>\n#include <cstdio>\nint main(){if(fork()<0)return 3;puts("5");}',
    "writes": '#include <cstdio>\nint main(){return fopen("/tmp/x","w")?0:4;}',
}
JS = {
    "right": "const [a,b]=require('fs').readFileSync('/dev/stdin','utf8').split(' ').map(Number);"
    "console.log(a+b)",
    "greedy": "let x=[];for(;;)x.push(new Array(1e5).fill(1.5))",
    "forks": "require('child_process').execSync('ls');console.log(5)",
}
CASES = [
    ("cpp", CPP["right"], "pass.tests"),
    ("cpp", "int main(){return 1", "fail.syntax"),
    ("cpp", '#include "/etc/passwd"\nint main(){}', "fail.syntax"),
    ("cpp", "#include <iostream>\nint main(){std::cout<<5;}", "fail.wrong_output"),
    ("cpp", "int main(){for(;;);}", "fail.time_limit"),
    ("cpp", CPP["greedy"], "fail.memory_limit"),
    ("cpp", CPP["forks"], "fail.exception"),
    ("cpp", CPP["writes"], "fail.exception"),
    ("javascript", JS["right"], "pass.tests"),
    ("javascript", JS["greedy"], "fail.memory_limit"),
    ("javascript", JS["forks"], "fail.exception"),
    ("javascript", "console.log(5", "fail.exception"),
    ("bash", "read a b; echo $((a+b)) | cat", "pass.tests"),
    ("bash", "mapfile -t l < /dev/stdin; echo ${l[0]} | awk '{print $1+$2}'", "pass.tests"),
    ("bash", "cat /etc/passwd; echo x > /tmp/x; kill -9 -1; echo 4", "fail.wrong_output"),
    ("bash", "while :; do :; done", "fail.time_limit"),
]


def needs(name):
    if language(name) is None:
        pytest.skip(f"no toolchain for {name} on this machine")


@pytest.mark.parametrize(("name", "program", "reason"), CASES)
def test_other_languages(judged, name, program, reason):
    needs(name)
    assert judged({**TESTS, "language": name}, program).reason == reason


def test_a_javascript_function_is_called(judged):
    needs("javascript")
    assert judged(CALL, "const add = (a, b) => a + b").reason == "pass.tests"
    assert judged(CALL, "async function add(a, b) { return a + b }").reason == "pass.tests"
    assert judged(CALL, "function add(a, b) { return [a, b] }").reason == "fail.wrong_output"
    assert judged(CALL, "function other() {}").reason == "fail.no_function"
    assert judged(CALL, "const add = () => { while (true); }").reason == "fail.time_limit"


def test_a_language_that_is_not_installed_decides_nothing(judged, monkeypatch):
    monkeypatch.setattr(
        "verifiers.kinds.programs.code.languages.shutil.which", lambda *_, **__: None
    )
    assert judged({**TESTS, "language": "cpp"}, "int main(){}").reason == "undecided.no_toolchain"


def test_what_a_language_has_no_driver_for_is_unsupported(judged):
    needs("cpp")
    tests = {**CALL, "language": "cpp"}
    assert judged(tests, "int add(int a, int b) {}").reason == "undecided.unsupported"
