/* `tandem serve`. */
#ifndef TANDEM_SERVER_SERVE_H
#define TANDEM_SERVER_SERVE_H

extern const char serve_help[];

/* argv[0] is the command's name. Returns the program's exit status. */
int serve_main(int argc, char **argv);

#endif
