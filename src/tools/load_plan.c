/* Puts a load together: scenario, users, URIs, sockets. Runs nothing. */
#include "tools/load_plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/listener.h"
#include "net/entropy.h"
#include "net/socket.h"

#define FILE_MOST ((size_t)256 << 20)

/* --- files --- */

static char *read_all(FILE *f, size_t *len)
{
    size_t cap = 65536;
    char *text = malloc(cap);
    *len = 0;
    while (text) {
        *len += fread(text + *len, 1, cap - *len, f);
        if (*len < cap)
            break;
        char *more = cap < FILE_MOST ? realloc(text, cap *= 2) : NULL;
        if (!more)
            free(text);
        text = more;
    }
    return text;
}

static char *read_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    char *text = f ? read_all(f, len) : NULL;
    if (!text)
        load_complain(path, f ? "too large" : strerror(errno), 0);
    if (f)
        fclose(f);
    return text;
}

char *load_plan_text(const struct load_options *o, size_t *len)
{
    const char *own = o->file ? NULL : scenario_builtin(str_from(o->kind_name));
    if (!own)
        return read_file(o->file, len);
    char *text = strdup(own);
    *len = strlen(own);
    return text;
}

/* --- scenarios --- */

static bool find_key(void *arg, struct str name, struct str *value)
{
    const struct load_options *o = arg;
    for (unsigned i = 0; i < o->n_keys; i++)
        if (str_equal(o->keys[i].name, name)) {
            *value = o->keys[i].value;
            return true;
        }
    return false;
}

static void say(const char *file, const struct scenario_error *e)
{
    if (e->line)
        fprintf(stderr, "tandem: load: %s:%u: %s\n", file, e->line, e->what);
    else
        fprintf(stderr, "tandem: load: %s: %s\n", file, e->what);
}

static int read_scenario(struct load_plan *p)
{
    size_t len;
    struct scenario_error error;
    const char *name = p->options->file ? p->options->file : p->options->kind_name;
    char *text = load_plan_text(p->options, &len);
    if (!text)
        return LOAD_BAD_USAGE;
    p->scenario = scenario_read(p->mem, (struct str){text, len}, &p->rand, find_key,
                                (void *)(uintptr_t)p->options, &error);
    free(text);
    if (!p->scenario) {
        say(name, &error);
        return LOAD_BAD_USAGE;
    }
    for (unsigned i = 0; i < p->scenario->n_left_out; i++)
        say(name, &p->scenario->left_out[i]);
    return LOAD_DONE;
}

static struct scenario *builtin(struct load_plan *p, const char *name)
{
    struct scenario_error error;
    return scenario_read(p->mem, str_from(scenario_builtin(str_from(name))), &p->rand, NULL, NULL,
                         &error);
}

static int read_scenarios(struct load_plan *p)
{
    const struct load_options *o = p->options;
    int status = read_scenario(p);
    if (status)
        return status;
    if (o->answer && !(p->answer = builtin(p, "answer")))
        return load_complain("answer", "no memory", LOAD_OUR_FAULT);
    if (o->enrol && !(p->enrol = builtin(p, "register")))
        return load_complain("register", "no memory", LOAD_OUR_FAULT);
    if (p->scenario->serves && !o->local.family)
        return load_complain("--local TRANSPORT:HOST:PORT",
                             "is missing: the scenario begins with a request that comes",
                             LOAD_BAD_USAGE);
    if (!p->scenario->serves && !o->server.family)
        return load_complain("URI", "is missing: the scenario begins with a request that is sent",
                             LOAD_BAD_USAGE);
    return LOAD_DONE;
}

/* --- who --- */

static int read_table(struct load_plan *p)
{
    char what[200];
    size_t len;
    if (!p->options->table)
        return LOAD_DONE;
    char *text = read_file(p->options->table, &len);
    if (!text)
        return LOAD_BAD_USAGE;
    p->users = users_read(p->mem, (struct str){text, len}, what, sizeof what);
    free(text);
    return p->users ? LOAD_DONE : load_complain(p->options->table, what, LOAD_BAD_USAGE);
}

static int read_password(struct load_plan *p)
{
    const char *path = p->options->password_file;
    const char *wrong = NULL;
    if (path) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd >= 0 ? read(fd, p->password, sizeof p->password - 1) : -1;
        if (fd >= 0)
            close(fd);
        if (n < 0)
            return load_complain(path, strerror(errno), LOAD_BAD_USAGE);
        p->password[n] = '\0';
        p->password[strcspn(p->password, "\r\n")] = '\0';
        wrong = password_judge(str_from(p->password));
    } else if (getenv("TANDEM_PASSWORD")) {
        wrong = password_read(p->password);
    }
    return wrong ? load_complain(path ? path : "TANDEM_PASSWORD", wrong, LOAD_BAD_USAGE)
                 : LOAD_DONE;
}

static void print_address(char *at, size_t size, const char *before, const struct addr *a,
                          const char *after)
{
    struct buf b;
    buf_init(&b, at, size - 1);
    buf_put(&b, str_from(before));
    addr_print(&b, a);
    buf_put(&b, str_from(after));
    at[b.len] = '\0';
}

static void name_domain(struct load_plan *p)
{
    const struct uri *u = &p->options->uri;
    struct str host = u->host;
    if (host.len == 0)
        print_address(p->domain, sizeof p->domain, "", &p->options->local, "");
    else if (u->port)
        snprintf(p->domain, sizeof p->domain, "%.*s:%u", STR_ARG(host), u->port);
    else
        snprintf(p->domain, sizeof p->domain, "%.*s", STR_ARG(host));
}

/* A name that the user gave stands for one user, or is what the names of many begin with. */
static void name_users(struct load_plan *p)
{
    const struct load_options *o = p->options;
    bool given = o->uri.user.len > 0 && (o->kind == LOAD_REGISTER || o->answer);
    struct str user = given ? o->uri.user : STR("load");
    snprintf(p->user, sizeof p->user, "%.*s", STR_ARG(user));
}

static void name_uris(struct load_plan *p)
{
    const struct load_options *o = p->options;
    name_domain(p);
    name_users(p);
    snprintf(p->caller, sizeof p->caller, "sip:[user]@%s", p->domain);
    if (o->kind == LOAD_REGISTER)
        snprintf(p->callee, sizeof p->callee, "sip:%s", p->domain);
    else if (o->enrol)
        snprintf(p->callee, sizeof p->callee, "sip:[user]@%s", p->domain);
    else
        snprintf(p->callee, sizeof p->callee, "%s", o->uri_text ? o->uri_text : p->caller);
}

/* --- media --- */

/* The calls of each end take ports of their own. */
static int make_media(struct load_plan *p, const struct addr *local)
{
    const struct load_options *o = p->options;
    char what[200];
    if (!o->rtp)
        return LOAD_DONE;
    bool echo = strcmp(o->rtp, "echo") == 0;
    const char *wrong = load_voice_init(&p->voice, p->mem, echo ? "silence" : o->rtp);
    if (wrong)
        return load_complain(o->rtp, wrong, LOAD_BAD_USAGE);
    struct addr at = *local;
    at.port = 0;
    if (!load_net_open_ports(&p->net, &at, (p->answer ? 2 : 1) * o->rtp_ports, what, sizeof what))
        return load_complain("--rtp", what, LOAD_OUR_FAULT);
    struct load_rtp_config c = {.mem = p->mem,
                                .blocks = &p->net.blocks,
                                .most = 2 * LIMIT_LOAD_SESSIONS,
                                .ports = p->net.ports.numbers,
                                .pcmu = p->voice.pcmu,
                                .pcma = p->voice.pcma,
                                .echo = echo};
    p->net.ports.rtp = entropy_seed(&c.seed) ? load_rtp_new(&c) : NULL;
    return p->net.ports.rtp ? LOAD_DONE : load_complain("--rtp", "no memory", LOAD_OUR_FAULT);
}

/* --- loads --- */

static struct load *make_load(struct load_plan *p, const struct scenario *s, bool called,
                              const char *callee)
{
    const struct load_options *o = p->options;
    char what[200];
    struct load_config c = {.mem = p->mem,
                            .blocks = &p->net.blocks,
                            .scenario = s,
                            .users = p->users,
                            .user = str_from(p->user),
                            .n_users = o->users,
                            .first_user = o->first,
                            .caller = str_from(p->caller),
                            .callee = str_from(callee),
                            .service = o->uri.user.len ? o->uri.user : STR("service"),
                            .auth_user = str_from(o->auth_user),
                            .password = str_from(p->password),
                            .hold = called ? o->ring : o->hold,
                            .timeout = time_add(o->timeout, called ? o->hold : o->ring),
                            .t1 = 500 * NS_PER_MS,
                            .expires_s = o->expires_s,
                            .most = LIMIT_LOAD_SESSIONS,
                            .media_port = 6000,
                            .rtp = p->net.ports.rtp,
                            .rtp_ports = {called && p->answer ? o->rtp_ports : 0, o->rtp_ports}};
    if (!entropy_seed(&c.seed))
        return NULL;
    struct load *l = load_new(&c, what, sizeof what);
    if (!l)
        load_complain(o->uri_text ? o->uri_text : "load", what, 0);
    return l;
}

struct load *load_plan_enrolment(struct load_plan *p)
{
    char registrar[sizeof p->domain + 4];
    snprintf(registrar, sizeof registrar, "sip:%s", p->domain);
    return make_load(p, p->enrol, false, registrar);
}

/* --- sockets --- */

static int open_called(struct load_plan *p, const struct addr *local)
{
    const struct load_options *o = p->options;
    struct addr at = *local;
    char what[200], user[sizeof p->user + 16], after[24];
    p->called = make_load(p, p->answer, true, p->callee);
    if (!p->called)
        return LOAD_OUR_FAULT;
    at.port = 0;
    if (o->transport == TRANSPORT_UDP || o->enrol) {
        if (!load_net_open(&p->net, LOAD_CALLEE, p->called, o->transport, &at, &o->server, 1,
                           o->uri.host, what, sizeof what))
            return load_complain("--answer", what, LOAD_OUR_FAULT);
        at = p->net.ends[LOAD_CALLEE].links[0]->flow.local;
    } else if (!load_net_listen(&p->net, LOAD_CALLEE, p->called, o->transport, &at, what,
                                sizeof what)) {
        return load_complain("--answer", what, LOAD_OUR_FAULT);
    }
    if (o->enrol)
        return LOAD_DONE;
    snprintf(user, sizeof user, "sip:%s@", p->user);
    snprintf(after, sizeof after, ";transport=%s", config_listener_word(o->transport));
    print_address(p->callee, sizeof p->callee, user, &at,
                  o->transport == TRANSPORT_UDP ? "" : after);
    return LOAD_DONE;
}

static int find_local(const struct load_options *o, struct addr *local)
{
    *local = o->local;
    if (!local->family && !socket_source(&o->server, local))
        return load_complain(o->uri_text, "there is no way there", LOAD_SILENCE);
    return LOAD_DONE;
}

static int open_serving(struct load_plan *p)
{
    const struct load_options *o = p->options;
    struct addr local = o->local;
    char what[200];
    int status = make_media(p, &local);
    if (status)
        return status;
    p->load = make_load(p, p->scenario, true, p->callee);
    if (!p->load)
        return LOAD_OUR_FAULT;
    return load_net_listen(&p->net, LOAD_CALLER, p->load, o->transport, &local, what, sizeof what)
               ? LOAD_DONE
               : load_complain("--local", what, LOAD_BAD_USAGE);
}

static int open_ends(struct load_plan *p)
{
    const struct load_options *o = p->options;
    char what[200];
    struct addr local;
    int status = p->scenario->serves ? open_serving(p) : find_local(o, &local);
    if (status || p->scenario->serves)
        return status;
    status = make_media(p, &local);
    if (!status && p->answer)
        status = open_called(p, &local);
    if (status)
        return status;
    p->load = make_load(p, p->scenario, false, p->callee);
    if (!p->load)
        return LOAD_OUR_FAULT;
    return load_net_open(&p->net, LOAD_CALLER, p->load, o->transport, &local, &o->server, o->ports,
                         o->uri.host, what, sizeof what)
               ? LOAD_DONE
               : load_complain("--local", what, LOAD_BAD_USAGE);
}

/* --- whole --- */

int load_plan_init(struct load_plan *p, const struct load_options *o)
{
    char what[300];
    struct net_config net = {.ca = o->ca,
                             .certificate = o->certificate,
                             .trust_all = o->trust_all,
                             .path = str_from(o->path),
                             .secure = transport_is_secure(o->transport),
                             .separate = o->separate};
    struct rand_seed seed;
    *p = (struct load_plan){.options = o, .mem = &mem_libc};
    bool good = load_net_init(&p->net, p->mem, &net, what, sizeof what) && entropy_seed(&seed);
    if (good)
        rand_init(&p->rand, &seed);
    int status = good ? read_scenarios(p) : load_complain("load", what, LOAD_OUR_FAULT);
    if (!status)
        status = read_table(p);
    if (!status)
        status = read_password(p);
    if (status)
        return status;
    name_uris(p);
    return open_ends(p);
}

void load_plan_fini(struct load_plan *p)
{
    load_free(p->load);
    load_free(p->called);
    load_rtp_free(p->net.ports.rtp);
    if (p->voice.mem)
        load_voice_fini(&p->voice);
    load_net_free(&p->net);
    scenario_free(p->scenario);
    scenario_free(p->answer);
    scenario_free(p->enrol);
    users_free(p->users);
    password_wipe(p->password);
}
