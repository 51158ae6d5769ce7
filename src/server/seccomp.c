/* Builds the filter of system calls from data/syscalls.def and hands it to the kernel. */
#include "server/seccomp.h"

#include <assert.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef OUR_ARCH

#define CODE_MAX 640
#define NEWEST_KNOWN                                                            \
    450 /* set_mempolicy_home_node, of Linux 5.17: one table for all processors \
         */
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const uint32_t allowed[] = {
#define ALLOW(name) SYS_##name,
#define KILL(name)
#include "syscalls.def"
#undef ALLOW
#undef KILL
};

static const uint32_t evil[] = {
#define ALLOW(name)
#define KILL(name) SYS_##name,
#include "syscalls.def"
#undef ALLOW
#undef KILL
};

struct code {
    struct sock_filter at[CODE_MAX];
    unsigned short n;
};

static void put(struct code *c, uint16_t op, uint32_t k, uint8_t yes, uint8_t no)
{
    assert(c->n < CODE_MAX);
    c->at[c->n++] = (struct sock_filter)BPF_JUMP(op, k, yes, no);
}

static void load(struct code *c, size_t offset)
{
    put(c, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void give(struct code *c, uint32_t verdict)
{
    put(c, BPF_RET | BPF_K, verdict, 0, 0);
}

/* Where what was loaded equals k. */
static void give_if(struct code *c, uint32_t k, uint32_t verdict)
{
    put(c, BPF_JMP | BPF_JEQ | BPF_K, k, 0, 1);
    give(c, verdict);
}

static size_t argument(unsigned i)
{
    size_t low = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 4;

    return offsetof(struct seccomp_data, args) + i * sizeof(uint64_t) + low;
}

static uint32_t failing(int error)
{
    return SECCOMP_RET_ERRNO | ((uint32_t)error & SECCOMP_RET_DATA);
}

/* The call `nr` by the low half of one of its arguments: `listed` where that is in the list, else
 * `other`. */
static void by_argument(struct code *c, uint32_t nr, unsigned i, const uint32_t *list, uint8_t n,
                        uint32_t listed, uint32_t other)
{
    put(c, BPF_JMP | BPF_JEQ | BPF_K, nr, 0, (uint8_t)(2 * n + 2));
    load(c, argument(i));
    for (uint8_t k = 0; k < n; k++)
        give_if(c, list[k], listed);
    give(c, other);
}

static void put_by_argument(struct code *c)
{
    static const uint32_t families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
    static const uint32_t of_process[] = {PR_SET_NAME,         PR_GET_NAME,    PR_GET_DUMPABLE,
                                          PR_GET_NO_NEW_PRIVS, PR_GET_SECCOMP, PR_SET_VMA};
    static const uint32_t types_for_terminal[] = {TIOCSTI, TIOCLINUX};
    uint32_t self = (uint32_t)getpid();

    by_argument(c, SYS_socket, 0, families, COUNT(families), SECCOMP_RET_ALLOW,
                failing(EAFNOSUPPORT));
    by_argument(c, SYS_prctl, 0, of_process, COUNT(of_process), SECCOMP_RET_ALLOW, failing(EPERM));
    by_argument(c, SYS_ioctl, 1, types_for_terminal, COUNT(types_for_terminal), failing(EPERM),
                SECCOMP_RET_ALLOW);
    by_argument(c, SYS_tgkill, 0, &self, 1, SECCOMP_RET_ALLOW, failing(EPERM));
}

/* Threads, not processes. What clone3 wants stands in memory, where a filter cannot look: the C
 * library does without it. */
static void put_clone(struct code *c)
{
    give_if(c, SYS_clone3, failing(ENOSYS));
    put(c, BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4);
    load(c, argument(0));
    put(c, BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1);
    give(c, SECCOMP_RET_ALLOW);
    give(c, failing(EPERM));
}

static void build(struct code *c)
{
    load(c, offsetof(struct seccomp_data, arch));
    put(c, BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0);
    give(c, SECCOMP_RET_KILL_PROCESS);
    load(c, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < COUNT(evil); i++)
        give_if(c, evil[i], SECCOMP_RET_KILL_PROCESS);
    for (size_t i = 0; i < COUNT(allowed); i++)
        give_if(c, allowed[i], SECCOMP_RET_ALLOW);
    put_by_argument(c);
    put_clone(c);
    put(c, BPF_JMP | BPF_JGT | BPF_K, NEWEST_KNOWN, 0, 1);
    give(c, failing(ENOSYS));
    give(c, failing(EPERM));
}

bool seccomp_enter(void)
{
    struct code c = {.n = 0};

    build(&c);
    struct sock_fprog program = {.len = c.n, .filter = c.at};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_LOG, &program) == 0;
}

#else

bool seccomp_enter(void)
{
    errno = ENOSYS;
    return false;
}

#endif
