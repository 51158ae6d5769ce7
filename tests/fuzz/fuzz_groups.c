/* Any bytes as the record of who has logged in to a group, and of what a member does: what is read
 * is bounded, what is changed of it stands there when it is read again, and nothing else has. */
#include "fuzz.h"

#include "base/limits.h"
#include "element/groups.h"

#define N_MEMBERS 3

static struct group_member members[N_MEMBERS] = {
    {.key = STR_INIT("sip:a@h")}, {.key = STR_INIT("sip:bob@h")}, {.key = STR_INIT("sip:b@h")}};
static const struct group group = {.key = STR_INIT("sip:g@h"), .members = members, .n = N_MEMBERS};

/* As it is written with this member in it, or out. */
static void change(struct str record, unsigned member, bool in)
{
    char text[GROUP_RECORD_BYTES];
    struct buf b;
    struct str key = members[member].key;
    group_set before = group_record_read(record, &group), bit = UINT32_C(1) << member;
    bool fits = record.len + key.len + 2 <= sizeof text;

    buf_init(&b, text, sizeof text);
    group_record_change(&b, record, key, in);
    assert(!b.over);
    group_set after = group_record_read(buf_str(&b), &group);
    assert((after & bit) == (in ? bit : 0));
    assert((after & ~bit & ~before) == 0);
    assert(!fits || (after & ~bit) == (before & ~bit));
}

static void check_login(struct str record)
{
    assert(group_record_read(record, &group) < UINT32_C(1) << N_MEMBERS);
    for (unsigned i = 0; i < N_MEMBERS; i++) {
        change(record, i, true);
        change(record, i, false);
    }
}

static void check_agent(struct str record)
{
    char text[AGENT_STATE_BYTES];
    struct buf b;
    const struct agent_state s = agent_state_read(record);

    assert(s.calls <= LIMIT_AGENT_CALLS);
    buf_init(&b, text, sizeof text);
    agent_state_write(&b, &s);
    assert(!b.over);
    const struct agent_state again = agent_state_read(buf_str(&b));
    assert(again.calls == s.calls && again.ended == s.ended && again.offered == s.offered);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str record = exact_copy((struct str){(const char *)data, size});

    check_login(record);
    check_agent(record);
    exact_free(record);
    return 0;
}
