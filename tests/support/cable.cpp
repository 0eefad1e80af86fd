#include "tests/support/cable.h"

#include <utility>

#include "tests/support/rtnetlink.h"

namespace hawser::lab {

Cable::Cable(End near, End far) : near_{std::move(near)}, far_{std::move(far)} {
  rtnetlink::add_veth(*far_.host, far_.interface, *near_.host, near_.interface);
}

Cable::~Cable() {
  // A moved-from cable has no name left. Failing is normal: the pair is gone when either namespace is.
  if (far_.interface.empty()) return;
  try {
    rtnetlink::remove(*far_.host, far_.interface);
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace hawser::lab
