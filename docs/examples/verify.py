"""The verifier as a library: a verdict with its reason, in processes that can be killed."""

from verifiers import Pool, Problem

problem = Problem("p1", "What is half of 1?", answer="1/2", answer_kind=None)
with Pool(2) as pool:
    responses = [r"First \boxed{3}. No: \boxed{0.5}", "It is 0.6.", "I do not know."]
    for found in pool.map("verify", [(problem, response) for response in responses]):
        print(found.verdict, found.reason, found.extracted)
