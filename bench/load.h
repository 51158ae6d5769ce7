/* The parts of the load generator: messages (load_message.c, load_digest.c), sockets
 * (load_socket.c, load_stream.c, load_tls.c, load_web.c), what caller and callee do (load_case.c,
 * load_held.c) and what is told at the end (load_report.c). Stands alone: shares no code with what
 * it measures.
 */
#ifndef TANDEM_BENCH_LOAD_H
#define TANDEM_BENCH_LOAD_H

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BATCH 64
#define IN_MAX 4096
#define OUT_MAX 2048
#define ROUTES_MAX 8
#define VIAS_MAX 8
#define CHALLENGES_MAX 4

/* Bytes of a message; not terminated. */
struct text {
    const char *at;
    size_t len;
};

/* What the generator reads of a message. The lines of Via and Record-Route are whole, with their
 * names, so that an answer repeats them as they came. */
struct received {
    unsigned status; /* 0: a request */
    struct text method, call_id, cseq, from, to, contact;
    struct text vias[VIAS_MAX], record_routes[ROUTES_MAX];
    struct text challenges[CHALLENGES_MAX]; /* values of WWW-Authenticate */
    unsigned n_vias, n_record_routes, n_challenges;
};

/* False: not SIP, or without Call-ID or CSeq. */
bool received_read(struct received *r, struct text message);

/* The addr-spec inside <> of a Contact, else all of it. */
struct text received_contact_uri(const struct received *r);

bool text_is(struct text t, const char *word);
bool text_begins(struct text t, const char *word);
bool text_contains(struct text t, const char *word);

/* A message being written. */
struct outgoing {
    char bytes[OUT_MAX];
    size_t len;
    struct sockaddr_in to;
};

/* Appends; a message over OUT_MAX ends the program, since it is ours. */
void out_print(struct outgoing *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
void out_text(struct outgoing *o, struct text t);

/* The header lines of every request in the dialog that a 2xx made, but for CSeq (RFC
 * 3261 12.2.1.1): Route with the values of the Record-Route lines, the last first. */
void out_dialog(struct outgoing *o, const struct received *answer);

/* An answer's headers, without Contact and body: Via, Record-Route, From, To, Call-ID, CSeq. */
void out_answer(struct outgoing *o, const struct received *request, const char *status_line,
                const char *to_tag);

/* Content-Type, Content-Length and an offer or answer of ordinary size. */
void out_session(struct outgoing *o);
void out_no_body(struct outgoing *o);

/* Authorization for the answer's MD5 challenge. False: it has none. */
bool out_credentials(struct outgoing *o, const struct received *answer, const char *user,
                     const char *password, const char *method, const char *uri);

#define STREAMS_MAX 64
struct stream;

/* A UDP socket on loopback, or connections (load_stream.c), with its batches. */
struct port {
    int fd;
    bool listens; /* for connections */
    bool web;     /* those that we make have WebSocket */
    SSL_CTX *tls; /* NULL: they have no TLS */
    struct stream *streams[STREAMS_MAX];
    unsigned n_streams, stream; /* what is sent next goes by this one, where we connected */
    uint16_t number;
    unsigned n_out, n_in;
    struct outgoing out[BATCH];
    char in[BATCH][IN_MAX];
    size_t in_len[BATCH];
    struct sockaddr_in in_from[BATCH];
    uint64_t sent, received;
};

/* Port number 0: any free one. False: no socket, errno says why. */
bool port_open(struct port *p, uint16_t number);

/* An empty message for this address; sent by port_flush, which it calls when the batch is full. */
struct outgoing *port_next(struct port *p, const struct sockaddr_in *to);
void port_flush(struct port *p);

/* Reads what has come, at most a batch; returns the number. */
unsigned port_receive(struct port *p);

/* Of TCP: connects, or listens on the port; false: errno says why. */
bool streams_connect(struct port *p, const struct sockaddr_in *server, unsigned n);
bool streams_listen(struct port *p, uint16_t number);
/* The connection of p->stream, as a port number: addresses of streams are such. */
unsigned streams_next(const struct port *p);
void streams_flush(struct port *p);
unsigned streams_receive(struct port *p);
void streams_close(struct port *p);

/* With this certificate and its key, in one file. NULL: OpenSSL does not take it. */
SSL_CTX *tls_context(const char *certificate);
/* NULL: they do not come about. */
SSL *tls_connect(SSL_CTX *c, int fd);
SSL *tls_accept(SSL_CTX *c, int fd);
/* Not positive: not now. */
ssize_t tls_read(SSL *ssl, char *to, size_t len);
ssize_t tls_write(SSL *ssl, const char *from, size_t len);

#define WEB_HEAD_MAX 8
bool web_open(int fd, SSL *ssl);
/* The head of a message's frame; its length. */
size_t web_head(char *to, size_t len);
/* The length of the head that stands here. */
size_t web_head_len(const char *at, size_t len);

enum load_case {
    CASE_CALL,
    CASE_OPTIONS,
    CASE_REGISTER,
    CASE_ASK,   /* OPTIONS to a registered user, who answers at the callee's port */
    CASE_HELD,  /* calls without a BYE … */
    CASE_INSIDE /* … and INFO within them */
};

enum road { ROAD_UDP, ROAD_TCP, ROAD_TLS, ROAD_WS };

/* One call, or one request. */
struct item {
    int64_t began_ns;
    uint32_t setup_us, total_us;
    bool invited, answered, acked, challenged, done, lost;
};

struct load {
    enum load_case kind;
    double rate;
    uint32_t count, at_once, first_user, n_users, cseq;
    uint32_t end_s; /* all registrations end so long after the first one; 0: each an hour later */
    const char *domain, *call_prefix;
    enum road road;          /* the caller's; the callee is no browser and has TCP then */
    const char *certificate; /* of TLS */
    const char *password;    /* of every user; NULL: a challenge is a failure */
    bool rich;               /* registrations with Path, instance and flow */
    char branch_prefix[17];
    struct sockaddr_in server;
    char server_text[32];
    struct port caller, callee;
    struct item *items;
    uint32_t n_begun, n_done, n_lost, n_bad, n_repeated, n_recorded, n_challenged, oldest;
    unsigned bad_status;
    int64_t from_ns, end_ns;
    double cpu_from_s;      /* the generator's own time before this load */
    struct dialog *dialogs; /* of calls that are held */
    uint32_t n_dialogs;
};

int64_t clock_ns(void);
double own_cpu_s(void);

/* Offers the load and reports it. */
void load_run(struct load *l);

/* The i-th of n in an order that no cache foresees: each comes once before one comes again. */
static inline uint32_t scattered(uint32_t i, uint32_t n)
{
    return (uint32_t)((uint64_t)i * 2654435761u % n);
}

/* Sends the first request of item i. */
void load_begin(struct load *l, uint32_t i, int64_t now_ns);

/* What came to the caller, and to the callee. */
void load_caller(struct load *l, struct text message, int64_t now_ns);
void load_callee(struct load *l, struct text message, const struct sockaddr_in *from);

/* load_held.c. False: no memory. */
bool held_init(struct load *l);
/* The call of item i stands. */
void held_keep(struct load *l, uint32_t i, const struct received *answer);
/* Sends the request of item i in one of the calls. */
void held_ask(struct load *l, uint32_t i);
/* The item of the last request in this call. */
bool held_item(const struct load *l, uint32_t dialog, uint32_t *item);
/* A load of requests for each line of standard input: a rate and a count. */
void held_serve(struct load *l);
void held_fini(struct load *l);

/* Request line and Via; each branch of each run is its own. */
void out_request(const struct load *l, struct outgoing *o, const char *method, struct text uri,
                 char branch_kind, uint32_t i);

/* Prints one JSON object. */
void load_report(const struct load *l);

#endif
