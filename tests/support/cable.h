// A cable between two hosts (or a host and a switch): a veth pair. Pulling it sets the far end down, so the
// near end loses its carrier as a card does whose cable is pulled; the near end's own settings stay
// untouched.
#pragma once

#include <string>

#include "tests/support/namespace.h"

namespace hawser::lab {

class Cable {
 public:
  struct End {
    const Namespace* host = nullptr;
    std::string interface;
  };

  // Both interfaces appear; the far one is up, the near one is left to its host (netd, or
  // near().host->set_link). The namespaces must outlive the cable.
  Cable(End near, End far);
  Cable(Cable&&) noexcept = default;
  Cable& operator=(Cable&&) = delete;
  Cable(const Cable&) = delete;
  Cable& operator=(const Cable&) = delete;
  ~Cable();

  [[nodiscard]] const End& near() const { return near_; }
  [[nodiscard]] const End& far() const { return far_; }

  // The instant just before the kernel was asked.
  TimePoint pull() const { return far_.host->set_link(far_.interface, false); }
  // Leaves the removal to the end of the namespaces, which removes all their cables at once and much faster.
  void leave() { far_.interface.clear(); }
  TimePoint plug() const { return far_.host->set_link(far_.interface, true); }

 private:
  End near_;
  End far_;
};

}  // namespace hawser::lab
