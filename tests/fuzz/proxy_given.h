/* A proxy at fixed addresses under a fixed key, for the fuzz targets that drive its parts. Made
 * once; the parts keep no state. */
#ifndef TANDEM_TESTS_FUZZ_PROXY_GIVEN_H
#define TANDEM_TESTS_FUZZ_PROXY_GIVEN_H

#include "proxy/context.h"

/* Listeners: 0 UDP on 192.0.2.10:5060, 1 TCP there, 2 UDP on [2001:db8::10]:5060, 3 TLS on
 * 192.0.2.10:5061. Domain: example.com. */
struct proxy *proxy_given(void);

/* A flow of one of the listeners, drawn from the input. */
struct flow proxy_draw_flow(struct str *input);

#endif
