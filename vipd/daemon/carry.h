// What a vipd that starts itself again hands to itself: the settings in use, the roles with their timers, the
// sockets with what has come in, so that for the other routers nothing has happened, and what is remembered
// of each role's past. It goes through a
// file in memory that outlives exec. Another version that does not understand its form begins as after a
// crash: with the addresses that are there, listening first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/base/fd.h"
#include "lib/base/result.h"
#include "vipd/router/router.h"
#include "vipd/worker/worker_protocol.h"

namespace hawser::vipd {

struct CarriedRouter {
  RouterKey key;
  RouterState state;
  bool operator==(const CarriedRouter&) const = default;
};

struct CarriedPast {
  RouterKey key;
  Past past;
  bool operator==(const CarriedPast&) const = default;
};

struct CarriedSocket {
  std::string interface;
  Family family = Family::kIpv4;
  IfIndex index;
  int fd = -1;  // open in this process, and in the one that it becomes
  bool operator==(const CarriedSocket&) const = default;
};

struct Carry {
  std::optional<Settings> settings;  // none: of another version's file; the roles wait for a reading of ours
  bool last_good = false;
  std::string stands;  // as they are remembered
  std::vector<CarriedRouter> routers;
  std::vector<CarriedSocket> sockets;
  std::vector<CarriedPast> pasts{};  // also of those that have no role to go on with
  bool operator==(const Carry&) const = default;
};

std::string write_carry(const Carry& carry);
// Error: it is of another form, or no carry at all.
Result<Carry> read_carry(const std::string& text);

// Names the file in the environment of what is started next. Where that fails, it begins as after a crash.
void leave_carry(const Carry& carry);
// What was left, once. Its sockets are closed with the next exec again.
std::optional<Carry> find_carry();

}  // namespace hawser::vipd
