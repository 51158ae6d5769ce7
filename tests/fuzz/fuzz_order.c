/* Lines of a script: each is an order whose argument lies inside, or is said to be none. */
#include "fuzz.h"
#include "phone/order.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct order o;
    struct str line = exact_copy((struct str){(const char *)data, size});
    const char *wrong = order_parse(line, &o);
    if (!wrong) {
        assert(o.kind < N_ORDER_KINDS);
        assert_inside(line, o.argument);
        assert(o.kind != ORDER_DTMF || o.argument.len > 0);
    }
    exact_free(line);
    return 0;
}
