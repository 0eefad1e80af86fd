// bondctl: bonds on the command line, with or without netd.
#include "bondctl/program.h"

int main(int argc, char** argv) {
  return hawser::cli::run(hawser::bondctl::program(), argc, argv);
}
