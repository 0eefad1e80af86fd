// netd-guard, a part of netd; see netd/guard/guard.h.
#include "netd/guard/guard.h"

int main() {
  return hawser::netd::run_guard();
}
