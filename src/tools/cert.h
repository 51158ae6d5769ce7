/* The command `tandem cert`. */
#ifndef TANDEM_TOOLS_CERT_H
#define TANDEM_TOOLS_CERT_H

extern const char cert_help[];

/* The exit status. */
int cert_main(int argc, char **argv);

#endif
