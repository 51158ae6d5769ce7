/* Reads and compares instances and the numbers of their flows. Knows no binding. */
#include "registrar/instance.h"

#define REG_ID_MAX ((UINT32_C(1) << 31) - 1)

struct str instance_of(struct params params)
{
    struct str value = STR_NONE;
    if (!params_get(params, STR("+sip.instance"), &value))
        return STR_NONE;
    if (value.len > 1 && value.at[0] == '"')
        value = str_slice(value, 1, value.len - 2);
    if (value.len > 1 && value.at[0] == '<')
        value = str_slice(value, 1, value.len - 2);
    return value;
}

/* "urn:" and the scheme's name with its colon (RFC 2141 2.1). */
static size_t name_len(struct str urn)
{
    size_t first = str_find(urn, ':');
    if (first == urn.len)
        return 0;
    size_t second = str_find(str_slice(urn, first + 1, urn.len), ':');
    return first + 1 + second == urn.len ? 0 : first + second + 2;
}

/* RFC 4122 3: hexadecimal digits in either case are the same. */
static bool is_uuid(struct str name)
{
    return str_equal_nocase(name, STR("urn:uuid:"));
}

bool instance_equal(struct str a, struct str b)
{
    size_t len = name_len(a);
    if (a.len == 0 || a.len != b.len)
        return false;
    struct str name = str_slice(a, 0, len), rest = str_slice(a, len, a.len);
    struct str other = str_slice(b, len, b.len);
    if (!str_equal_nocase(name, str_slice(b, 0, len)))
        return false;
    return is_uuid(name) ? str_equal_nocase(rest, other) : str_equal(rest, other);
}

void instance_print(struct buf *b, struct str instance)
{
    size_t len = name_len(instance);
    struct str name = str_slice(instance, 0, len), rest = str_slice(instance, len, instance.len);
    buf_put_lower(b, name);
    if (is_uuid(name))
        buf_put_lower(b, rest);
    else
        buf_put(b, rest);
}

uint32_t reg_id_of(struct params params)
{
    struct str value;
    uint64_t n;
    if (!params_get(params, STR("reg-id"), &value))
        return 0;
    return str_to_u64(value, REG_ID_MAX, &n) && n > 0 ? (uint32_t)n : REG_ID_BAD;
}
