/* The ring's blocks, from the kernel and back to it (TPACKET_V3). Knows nothing above the head. */
#include "net/packet_ring.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/time.h"

/* A block holds the longest packet there is, several times: those of a loopback interface have 64
 * kB. A block that is not full is handed over after RETIRE_MS. */
#define BLOCK_BYTES ((size_t)1 << 20)
#define BLOCKS 32
#define RETIRE_MS 40
#define FRAME_LEAST 2048 /* the kernel wants a number; packets have the length that they have */

/* protocol, 0, interface, kind of its hardware, kind of packet, length of the address, address */
#define COOKED_HEAD 20
/* TPACKET_ALIGN of a size_t */
#define PACKET_HEAD \
    ((sizeof(struct tpacket3_hdr) + TPACKET_ALIGNMENT - 1) / TPACKET_ALIGNMENT * TPACKET_ALIGNMENT)

static int set(int fd, int name, const void *value, size_t len)
{
    return setsockopt(fd, SOL_PACKET, name, value, (socklen_t)len) < 0 ? errno : 0;
}

static int map_blocks(struct packet_ring *r)
{
    struct tpacket_req3 ring = {.tp_block_size = BLOCK_BYTES,
                                .tp_block_nr = BLOCKS,
                                .tp_frame_size = FRAME_LEAST,
                                .tp_frame_nr = BLOCK_BYTES / FRAME_LEAST * BLOCKS,
                                .tp_retire_blk_tov = RETIRE_MS};
    int version = TPACKET_V3, head = COOKED_HEAD;
    int error = set(r->fd, PACKET_VERSION, &version, sizeof(version));

    if (!error)
        error = set(r->fd, PACKET_RESERVE, &head, sizeof(head));
    if (!error)
        error = set(r->fd, PACKET_RX_RING, &ring, sizeof(ring));
    if (error)
        return error;
    void *at = mmap(NULL, BLOCK_BYTES * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, 0);

    if (at == MAP_FAILED)
        return errno;
    r->blocks = at;
    return 0;
}

/* Without it an interface takes what is for itself; one that mirrors others' traffic has more. One
 * that cannot is listened to as it is. */
static void take_all(int fd, int interface)
{
    struct packet_mreq all = {.mr_ifindex = interface, .mr_type = PACKET_MR_PROMISC};

    (void)set(fd, PACKET_ADD_MEMBERSHIP, &all, sizeof(all));
}

/* A loopback interface receives what it sends: once is enough, and the kernel knows it before there
 * is a copy. */
static int leave_out_doubles(int fd)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_HATYPE)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARPHRD_LOOPBACK, 0, 2),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog all = {sizeof(program) / sizeof(program[0]), program};

    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &all, sizeof(all)) < 0 ? errno : 0;
}

/* Nothing comes before this: a socket without a protocol hears nothing. */
static int listen_to(int fd, const char *interface)
{
    struct sockaddr_ll where = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};

    if (strcmp(interface, "any") != 0) {
        where.sll_ifindex = (int)if_nametoindex(interface);
        if (where.sll_ifindex == 0)
            return ENODEV;
        take_all(fd, where.sll_ifindex);
    }
    return bind(fd, (const struct sockaddr *)&where, sizeof(where)) < 0 ? errno : 0;
}

int packet_ring_open(struct packet_ring *r, const char *interface)
{
    *r = (struct packet_ring){.fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    if (r->fd < 0)
        return errno;
    int error = map_blocks(r);

    if (!error)
        error = leave_out_doubles(r->fd);
    if (!error)
        error = listen_to(r->fd, interface);
    if (error)
        packet_ring_close(r);
    return error;
}

void packet_ring_close(struct packet_ring *r)
{
    if (r->blocks)
        (void)munmap(r->blocks, BLOCK_BYTES * BLOCKS);
    if (r->fd >= 0)
        close(r->fd);
    *r = (struct packet_ring){.fd = -1};
}

/* --- packets --- */

static struct tpacket_hdr_v1 *head_of(const struct packet_ring *r)
{
    return &((struct tpacket_block_desc *)(void *)(r->blocks + r->block * BLOCK_BYTES))->hdr.bh1;
}

/* The kernel has filled one: its packets may be read from here on. */
static bool open_block(struct packet_ring *r)
{
    struct tpacket_hdr_v1 *head = head_of(r);

    if (!(__atomic_load_n(&head->block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
        return false;
    r->next = r->blocks + r->block * BLOCK_BYTES + head->offset_to_first_pkt;
    r->left = head->num_pkts;
    return true;
}

static void give_back_block(struct packet_ring *r)
{
    __atomic_store_n(&head_of(r)->block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
    r->block = (r->block + 1) % BLOCKS;
    r->next = NULL;
}

static void put_head(char *at, const struct sockaddr_ll *from)
{
    uint32_t interface = htonl((uint32_t)from->sll_ifindex);
    uint16_t hardware = htons(from->sll_hatype);

    memset(at, 0, COOKED_HEAD);
    memcpy(at, &from->sll_protocol, 2);
    memcpy(at + 4, &interface, 4);
    memcpy(at + 8, &hardware, 2);
    at[10] = (char)from->sll_pkttype;
    at[11] = (char)from->sll_halen;
    memcpy(at + 12, from->sll_addr, sizeof(from->sll_addr));
}

static void read_packet(char *at, struct packet *out)
{
    const struct tpacket3_hdr *head = (const struct tpacket3_hdr *)(void *)at;
    const struct sockaddr_ll *from = (const struct sockaddr_ll *)(void *)(at + PACKET_HEAD);

    put_head(at + head->tp_net - COOKED_HEAD, from);
    *out = (struct packet){
        .at = (int64_t)head->tp_sec * (int64_t)NS_PER_S + head->tp_nsec,
        .len = head->tp_len + COOKED_HEAD,
        .bytes = {at + head->tp_net - COOKED_HEAD, (size_t)head->tp_snaplen + COOKED_HEAD}};
}

bool packet_ring_next(struct packet_ring *r, struct packet *out)
{
    while (r->next || open_block(r)) {
        if (r->left == 0) {
            give_back_block(r);
            continue;
        }
        char *at = r->next;

        r->left--;
        r->next += ((const struct tpacket3_hdr *)(void *)at)->tp_next_offset;
        read_packet(at, out);
        return true;
    }
    return false;
}

void packet_ring_wait(const struct packet_ring *r, int ms)
{
    struct pollfd ready = {.fd = r->fd, .events = POLLIN};

    (void)poll(&ready, 1, ms);
}

/* --- what is known of it --- */

uint64_t packet_ring_lost(struct packet_ring *r)
{
    struct tpacket_stats_v3 since = {0}; /* the last time that it was asked for */
    socklen_t len = sizeof(since);

    if (getsockopt(r->fd, SOL_PACKET, PACKET_STATISTICS, &since, &len) == 0)
        r->lost += since.tp_drops;
    return r->lost;
}

int packet_ring_fault(const struct packet_ring *r)
{
    int error = 0;
    socklen_t len = sizeof(error);

    return getsockopt(r->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0 ? errno : error;
}

void packet_ring_interfaces(struct buf *b)
{
    struct if_nameindex *all = if_nameindex();

    for (struct if_nameindex *i = all; i && i->if_index != 0; i++) {
        if (i != all)
            buf_put_lit(b, ", ");
        buf_put(b, str_from(i->if_name));
    }
    if (all)
        if_freenameindex(all);
}
