/* Calls of a trace handed on: as a PCAPNG file, or to a collector by HEP. */
#ifndef TANDEM_TOOLS_TRACE_EXPORT_H
#define TANDEM_TOOLS_TRACE_EXPORT_H

#include "tools/trace_options.h"
#include "tools/trace_pick.h"

/* Writes o->pcap: of each of o->files that can be read again the frames that bring messages of
 * these calls as one datagram, and their RTP; of all other messages made-up datagrams. An exit
 * status, told. */
int trace_export_pcap(const struct trace_options *o, const struct trace_pick *, struct str key_log);

/* Sends every message to o->hep. An exit status, told. */
int trace_export_hep(const struct trace_options *o, const struct trace_pick *);

#endif
