// Addresses that a provider routes: held on this host in every role and all the time, because only the route
// moves. No election, no announcement: they are there, or it is said why not.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "lib/config/config.h"
#include "lib/daemon/damper.h"
#include "vipd/router/effects.h"

namespace hawser::vipd {

class RoutedAddresses {
 public:
  explicit RoutedAddresses(Effects& effects) : effects_(effects) {}

  // All of the file that is in use; what was wanted before and is no more goes.
  void want(std::set<AddressKey> addresses);
  // Puts back what is missing. Safe to repeat.
  void kernel_changed() { settle(); }
  void on_time();  // due() has come
  [[nodiscard]] std::optional<TimePoint> due() const { return due_; }

  [[nodiscard]] bool wants(const AddressKey& address) const { return wanted_.contains(address); }
  [[nodiscard]] std::size_t ours() const;
  // What is not there, and why.
  [[nodiscard]] std::map<AddressKey, std::string> troubles() const;

 private:
  void settle();
  void hold(const AddressKey& address, TimePoint now);
  bool has_home(const AddressKey& address);
  void refuse(const AddressKey& address, std::string why, TimePoint now);

  struct Held {
    std::optional<TimePoint> put_at;  // when it was last added
    std::string trouble;
  };
  Effects& effects_;
  std::set<AddressKey> wanted_;
  std::map<AddressKey, Held> held_;
  std::optional<TimePoint> due_;
  Damper said_;
};

}  // namespace hawser::vipd
