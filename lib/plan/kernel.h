// The planner's whole view of Linux: two methods, because steps are data.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "lib/base/enum_set.h"
#include "lib/base/result.h"
#include "lib/plan/step.h"
#include "lib/state/observed.h"

namespace hawser {

enum class Look : std::uint8_t {
  kLinks,     // with their addresses
  kRoutes,    // with kLinks only: there may be hundreds of thousands
  kIpvs,      // services with their real servers; without the ip_vs module: none, no error
  kTraffic,   // with kIpvs only: counters and rates, which are two thirds of what reading a table costs
  kIpvsHost,  // timeouts, sync daemons, version: only for who wants them, State::ipvs is empty otherwise
  kNft,       // our nftables table: only for who wants it, a question alone may load nf_tables
};

// What to look at; reading the IPVS table costs one dump per service, so a verifier asks only for what it
// changed.
struct Scope {
  EnumSet<Look> parts{Look::kLinks, Look::kRoutes, Look::kIpvs};
  std::set<ServiceKey> services{};  // empty: all of them

  [[nodiscard]] bool has(Look part) const { return parts.contains(part); }
};

inline const Scope kNetworkOnly{{Look::kLinks, Look::kRoutes}};
inline const Scope kLinksOnly{{Look::kLinks}};
inline const Scope kIpvsOnly{{Look::kIpvs}};
inline const Scope kIpvsTraffic{{Look::kIpvs, Look::kTraffic}};
inline const Scope kAllOfIpvs{{Look::kIpvs, Look::kIpvsHost}};
inline const Scope kIpvsHostOnly{{Look::kIpvsHost}};
inline const Scope kNftOnly{{Look::kNft}};

inline constexpr std::string_view kNotInThisKernel = "this kernel does not have it";

class Kernel {
 public:
  virtual ~Kernel() = default;
  // Errors: no permission, no netlink, the kernel kept interrupting the dump.
  virtual Result<Observed> observe(const Scope& scope) = 0;
  // Blocks until the kernel acknowledged. Safe to repeat: what is already so is not an error.
  // The error text is "OBJECT: VERB THING: REASON", `code` the errno. ENOSYS: this kernel does not have the
  // option, and nothing was changed or made.
  virtual Status perform(const Step& step) = 0;
  // All of them in their order, each whatever became of those before it. Where thousands go out at once this
  // is cheaper than one after the other.
  virtual std::vector<Status> perform_each(std::span<const Step* const> steps) {
    std::vector<Status> all;
    for (const auto* step : steps) all.push_back(perform(*step));
    return all;
  }
};

}  // namespace hawser
