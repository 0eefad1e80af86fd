// [provider.NAME]: an account at whoever routes addresses. Whose server is whose there: [nodes.NAME].
#pragma once

#include <optional>

#include "lib/base/address.h"
#include "lib/base/duration.h"
#include "lib/base/names.h"
#include "lib/config/sections/section.h"

namespace hawser::config {

enum class ProviderKind : std::uint8_t { kHetznerRobot, kHetznerCloud, kExec, kWebhook };

struct Provider {
  std::string name;
  std::optional<ProviderKind> kind;  // never nothing once the rules have passed
  std::string credentials;           // "file:/PATH" or "systemd:NAME", never the secret
  std::string endpoint;              // empty: the provider's own
  std::string ca;                    // empty: whom the system trusts
  std::string proxy;
  Milliseconds timeout{30'000};  // of one call
  std::string program;           // exec
  std::string url;               // webhook
  bool operator==(const Provider&) const = default;
};
const Rows<Provider>& provider_rows();

struct Providers {
  struct Written {
    Sections<Provider> providers;
  };
  struct Built {
    std::map<std::string, Provider> providers;
    bool operator==(const Built&) const = default;
  };
  static SectionType type();
};

}  // namespace hawser::config

template <>
inline constexpr std::array<hawser::Name<hawser::config::ProviderKind>, 4>
    hawser::kNames<hawser::config::ProviderKind>{{
        {hawser::config::ProviderKind::kHetznerRobot, "hetzner-robot"},
        {hawser::config::ProviderKind::kHetznerCloud, "hetzner-cloud"},
        {hawser::config::ProviderKind::kExec, "exec"},
        {hawser::config::ProviderKind::kWebhook, "webhook"},
    }};
