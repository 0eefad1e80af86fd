#include "lbctl/show.h"

#include <boost/json.hpp>

#include "lbctl/choose.h"
#include "lbctl/listing.h"
#include "lbctl/look.h"
#include "lbctl/render.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"

namespace hawser::lbctl {

namespace {

const cli::Option kFormat{"--format", "FORMAT", "text, json, or ipvsadm: what 'ipvsadm -Ln' prints"};
const cli::Option kStats{"--stats", "", "with --format ipvsadm: counters"};
const cli::Option kRate{"--rate", "", "with --format ipvsadm: rates"};
const cli::Option kThresholds{"--thresholds", "", "with --format ipvsadm: thresholds"};
const cli::Option kPersistentConn{"--persistent-conn", "", "with --format ipvsadm: persistent connections"};

// The first of them that is given; nullopt: none.
std::optional<Listing> listing_of(const cli::Arguments& arguments) {
  if (arguments.has(kStats.name)) return Listing::kStats;
  if (arguments.has(kRate.name)) return Listing::kRate;
  if (arguments.has(kThresholds.name)) return Listing::kThresholds;
  if (arguments.has(kPersistentConn.name)) return Listing::kPersistentConn;
  return std::nullopt;
}

int show_as_ipvsadm(const cli::Arguments& arguments) {
  const auto listing = listing_of(arguments).value_or(Listing::kPlain);
  auto scope = kAllOfIpvs;
  if (listing == Listing::kStats || listing == Listing::kRate) scope.parts.add(Look::kTraffic);
  auto observed = observe_table(scope);
  if (!observed) return cli::refuse(arguments, "lbctl", observed.error());
  if (!arguments.words.empty()) {
    const auto chosen = choose(join(*observed, std::nullopt), arguments.words);
    if (!chosen) return cli::refuse(arguments, "lbctl", chosen.error());
    std::erase_if(observed->state.services,
                  [&](const auto& entry) { return !chosen->services.contains(entry.first); });
  }
  cli::print(ipvsadm_listing(*observed, listing));
  return kDone;
}

int show_usage(const cli::Arguments& arguments, std::string_view what) {
  cli::refuse(arguments, "lbctl show", what);
  return kUsage;
}

}  // namespace

std::vector<cli::Option> show_options() {
  return {kFormat, kStats, kRate, kThresholds, kPersistentConn};
}

int show(const cli::Arguments& arguments) {
  const auto given = arguments.values.find(kFormat.name);
  const auto format = given == arguments.values.end() ? std::string("text") : given->second;
  if (format == "ipvsadm") return show_as_ipvsadm(arguments);
  if (format != "text" && format != "json")
    return show_usage(arguments, "--format: there are text, json and ipvsadm");
  if (listing_of(arguments))
    return show_usage(arguments,
                      "--stats, --rate, --thresholds and --persistent-conn go with --format ipvsadm");
  const bool as_json = arguments.json || format == "json";
  const auto observed = observe_table(as_json ? kIpvsTraffic : kIpvsOnly);
  if (!observed) return cli::refuse(arguments, "lbctl", observed.error());
  const auto chosen = choose(view_of(*observed, ask_netd(arguments)), arguments.words);
  if (!chosen) return cli::refuse(arguments, "lbctl", chosen.error());
  cli::print(as_json ? control::pretty(to_json(*chosen)) : render(*chosen, cli::terminal_width()));
  return kDone;
}

}  // namespace hawser::lbctl
