// How ldirectord asks a real server, as a check of ours.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "lbctl/import/ldirectord_file.h"

namespace hawser::lbctl {

// The settings of a virtual service, those of all behind them.
class LdScope {
 public:
  LdScope(const LdFile& file, const LdVirtual& virtual_server) : file_(file), virtual_(virtual_server) {}

  // The last one counts; null: it is not written.
  [[nodiscard]] const LdSetting* own(std::string_view key) const;
  [[nodiscard]] const LdSetting* global(std::string_view key) const;
  [[nodiscard]] const LdSetting* any(std::string_view key) const;
  [[nodiscard]] const LdSetting& head() const { return virtual_.head; }

 private:
  const LdFile& file_;
  const LdVirtual& virtual_;
};

// What a real server says of its own check.
struct LdAsked {
  std::optional<std::string> request, receive;
  Origin origin;  // of the real server
};

struct LdWhom {
  std::string protocol;            // "tcp", "udp", "fwm"
  std::uint16_t virtual_port = 0;  // of the service: it tells what is asked where nothing else does
  std::uint16_t real_port = 0;
};

// nullopt: it is always up, or what it asks cannot be said, which `draft` was told.
std::optional<DraftSection> ldirectord_check(const LdScope& scope, const LdWhom& whom, const LdAsked& asked,
                                             Draft& draft);

}  // namespace hawser::lbctl
