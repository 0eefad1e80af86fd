// vipd-worker, a part of vipd; see vipd/worker/worker.h.
#include "vipd/worker/worker.h"

int main() {
  return hawser::vipd::run_worker();
}
