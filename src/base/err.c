/* Names errors for people; decides nothing. */
#include "base/err.h"

const char *err_name(int error)
{
    switch ((enum err)error) {
    case OK:
        return "ok";
    case ERR_NOMEM:
        return "no memory";
    case ERR_INVALID:
        return "invalid";
    case ERR_STALE:
        return "stale";
    case ERR_LIMIT:
        return "limit reached";
    case ERR_NO_ROUTE:
        return "no route";
    }
    return "unknown";
}
