"""Numbers of the system calls that a box has no need of: (x86_64, aarch64), None where a machine has no such call.

From Linux 6.1's arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h. Numbers never change.
"""

LAST = 456  # futex_requeue, of Linux 6.7: what came later is unknown to this table, and answered as unknown

# Other processes' memory and handles, namespaces and mounts, the kernel's keys, clocks, names and quotas, and the
# young or wide interfaces in which most of the kernel's own holes were found.
PRIVILEGED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "process_madvise": (440, 440), "pidfd_getfd": (438, 438), "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424), "migrate_pages": (256, 238), "move_pages": (279, 239),
    "setns": (308, 268), "unshare": (272, 97), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "move_mount": (429, 429), "open_tree": (428, 428), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264), "quotactl": (179, 60),
    "quotactl_fd": (443, 443), "fanotify_init": (300, 262), "fanotify_mark": (301, 263),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "memfd_secret": (447, 447),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "personality": (135, 92), "modify_ldt": (154, None), "uselib": (134, None), "seccomp": (317, 277),
    "acct": (163, 89), "swapoff": (168, 225), "syslog": (103, 116), "vhangup": (153, 58), "nfsservctl": (180, 42),
    "sethostname": (170, 161), "setdomainname": (171, 162), "lookup_dcookie": (212, 18), "clock_settime": (227, 112),
    "settimeofday": (164, 170), "adjtimex": (159, 171), "clock_adjtime": (305, 266),
    # whose turn it is: a box could keep those that watch it from running
    "sched_setaffinity": (203, 122), "sched_setattr": (314, 274), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "setpriority": (141, 140), "ioprio_set": (251, 30),
}  # fmt: skip

# Ways to other boxes: sockets of any kind (one of AF_UNIX can carry descriptors, one of AF_INET reaches loopback),
# System V IPC and message queues, which outlive their process. Libraries are the same files for all boxes: watching
# them, locking them, and asking and changing which of their pages are in memory. Timers take from a number of signals
# that all processes of a user share.
TALK = {
    "socket": (41, 198), "socketpair": (53, 199), "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188),
    "msgctl": (71, 187), "semget": (64, 190), "semop": (65, 193), "semtimedop": (220, 192), "semctl": (66, 191),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "shmdt": (67, 197), "mq_open": (240, 180),
    "mq_unlink": (241, 181), "inotify_init": (253, None), "inotify_init1": (294, 26),
    "flock": (73, 32), "mincore": (27, 232), "cachestat": (451, 451), "fadvise64": (221, 223), "readahead": (187, 213),
    "timer_create": (222, 107),
}  # fmt: skip

# The date of a file can be read in every other box, and stays.
DATES = {"utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88)}

# Without a mount namespace: Landlock lets a process change what is not the content of files of its own user.
ATTRIBUTES = {
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
}  # fmt: skip

# No student's mistake: who asks for these is ended at once.
FATAL = {
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "create_module": (174, None), "reboot": (169, 142), "swapon": (167, 224),
    "iopl": (172, None), "ioperm": (173, None),
}  # fmt: skip

# Unknown, so that libraries fall back: clone3 keeps its flags in memory, where no filter sees them; preadv2 and
# pwritev2 can be told to fail for what is not in memory, which tells what others have read; a file of memfd_create
# takes memory that no limit of a process counts.
UNKNOWN = {"clone3": (435, 435), "preadv2": (327, 286), "pwritev2": (328, 287), "memfd_create": (319, 279)}

# Judged by their arguments.
CLONE, IOCTL, FCNTL, FUTEX, PRCTL = (56, 220), (16, 29), (72, 25), (202, 98), (157, 167)

# Without a process namespace: what makes processes, leaves the group that is killed at the end, or reaches others.
FORK = {"fork": (57, None), "vfork": (58, None), "setsid": (112, 157), "setpgid": (109, 154)}
TO_PROCESS = {"kill": (62, 129), "tgkill": (234, 131)}  # allowed to the caller itself
TO_OTHERS = {
    "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
}  # fmt: skip
PRLIMIT = (302, 261)
