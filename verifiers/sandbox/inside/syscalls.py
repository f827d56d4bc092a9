"""System call numbers, from the kernel headers unistd_64.h (x86_64) and asm-generic/unistd.h."""

import platform

_X86_64 = """
    read=0 write=1 readv=19 writev=20 pread64=17 pwrite64=18 preadv=295 pwritev=296 preadv2=327
    pwritev2=328 close=3 close_range=436 lseek=8 open=2 openat=257 openat2=437 stat=4 fstat=5
    lstat=6 newfstatat=262 statx=332 access=21 faccessat=269 faccessat2=439 readlink=89
    readlinkat=267 getdents=78 getdents64=217 getcwd=79 chdir=80 fchdir=81 dup=32 dup2=33
    dup3=292 fcntl=72 flock=73 fsync=74 fdatasync=75 ftruncate=77 fallocate=285 fadvise64=221
    ioctl=16 pipe=22 pipe2=293 poll=7 ppoll=271 select=23 pselect6=270 epoll_create=213
    epoll_create1=291 epoll_ctl=233 epoll_wait=232 epoll_pwait=281 epoll_pwait2=441 eventfd=284
    eventfd2=290 timerfd_create=283 timerfd_settime=286 timerfd_gettime=287 signalfd4=289
    sendfile=40 copy_file_range=326 splice=275 tee=276 vmsplice=278 unlink=87 unlinkat=263
    rename=82 renameat=264 renameat2=316 umask=95 statfs=137 fstatfs=138 inotify_init1=294
    inotify_add_watch=254 inotify_rm_watch=255 mmap=9 mprotect=10 munmap=11 mremap=25 madvise=28
    brk=12 msync=26 mincore=27 mlock=149 munlock=150 membarrier=324 pkey_alloc=330 pkey_free=331
    pkey_mprotect=329 rt_sigaction=13 rt_sigprocmask=14 rt_sigreturn=15 rt_sigpending=127
    rt_sigsuspend=130 rt_sigtimedwait=128 sigaltstack=131 restart_syscall=219 pause=34 alarm=37
    setitimer=38 getitimer=36 timer_create=222 timer_settime=223 timer_gettime=224
    timer_getoverrun=225 timer_delete=226 nanosleep=35 clock_nanosleep=230 clock_gettime=228
    clock_getres=229 gettimeofday=96 time=201 times=100 getpid=39 getppid=110 gettid=186
    getuid=102 geteuid=107 getgid=104 getegid=108 getresuid=118 getresgid=120 getgroups=115
    getpgid=121 getpgrp=111 getsid=124 getrlimit=97 getrusage=98 getpriority=140 sysinfo=99
    uname=63 getcpu=309 getrandom=318 capget=125 sched_yield=24 sched_getaffinity=204
    sched_setaffinity=203 sched_getparam=143 sched_getscheduler=145 sched_get_priority_max=146
    sched_get_priority_min=147 sched_getattr=315 futex=202 futex_waitv=449 set_robust_list=273
    get_robust_list=274 set_tid_address=218 rseq=334 arch_prctl=158 exit=60 exit_group=231
    wait4=61 waitid=247 recvfrom=45 recvmsg=47 shutdown=48 getsockname=51 getpeername=52
    getsockopt=55 setsockopt=54 clone=56 clone3=435 fork=57 vfork=58 execve=59 execveat=322
    kill=62 tgkill=234 tkill=200 prctl=157 prlimit64=302 socketpair=53 sendto=44
    io_uring_setup=425
"""

_AARCH64 = """
    read=63 write=64 readv=65 writev=66 pread64=67 pwrite64=68 preadv=69 pwritev=70 preadv2=286
    pwritev2=287 close=57 close_range=436 lseek=62 openat=56 openat2=437 fstat=80 newfstatat=79
    statx=291 faccessat=48 faccessat2=439 readlinkat=78 getdents64=61 getcwd=17 chdir=49
    fchdir=50 dup=23 dup3=24 fcntl=25 flock=32 fsync=82 fdatasync=83 ftruncate=46 fallocate=47
    fadvise64=223 ioctl=29 pipe2=59 ppoll=73 pselect6=72 epoll_create1=20 epoll_ctl=21
    epoll_pwait=22 epoll_pwait2=441 eventfd2=19 timerfd_create=85 timerfd_settime=86
    timerfd_gettime=87 signalfd4=74 sendfile=71 copy_file_range=285 splice=76 tee=77 vmsplice=75
    unlinkat=35 renameat=38 renameat2=276 umask=166 statfs=43 fstatfs=44 inotify_init1=26
    inotify_add_watch=27 inotify_rm_watch=28 mmap=222 mprotect=226 munmap=215 mremap=216
    madvise=233 brk=214 msync=227 mincore=232 mlock=228 munlock=229 membarrier=283
    pkey_alloc=289 pkey_free=290 pkey_mprotect=288 rt_sigaction=134 rt_sigprocmask=135
    rt_sigreturn=139 rt_sigpending=136 rt_sigsuspend=133 rt_sigtimedwait=137 sigaltstack=132
    restart_syscall=128 setitimer=103 getitimer=102 timer_create=107 timer_settime=110
    timer_gettime=108 timer_getoverrun=109 timer_delete=111 nanosleep=101 clock_nanosleep=115
    clock_gettime=113 clock_getres=114 gettimeofday=169 times=153 getpid=172 getppid=173
    gettid=178 getuid=174 geteuid=175 getgid=176 getegid=177 getresuid=148 getresgid=150
    getgroups=158 getpgid=155 getsid=156 getrlimit=163 getrusage=165 getpriority=141 sysinfo=179
    uname=160 getcpu=168 getrandom=278 capget=90 sched_yield=124 sched_getaffinity=123
    sched_setaffinity=122 sched_getparam=121 sched_getscheduler=120 sched_get_priority_max=125
    sched_get_priority_min=126 sched_getattr=275 futex=98 futex_waitv=449 set_robust_list=99
    get_robust_list=100 set_tid_address=96 rseq=293 exit=93 exit_group=94 wait4=260 waitid=95
    recvfrom=207 recvmsg=212 shutdown=210 getsockname=204 getpeername=205 getsockopt=209
    setsockopt=208 clone=220 clone3=435 execve=221 execveat=281 kill=129 tgkill=131 tkill=130
    prctl=167 prlimit64=261 socketpair=199 sendto=206 io_uring_setup=425
"""

_TABLES = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}

ARCHITECTURE, _table = _TABLES.get(platform.machine(), (0, ""))
"""The architecture as seccomp names it; 0 where no table is kept."""

NUMBERS = {name: int(number) for name, number in (pair.split("=") for pair in _table.split())}
"""The number of each system call that this architecture has."""
