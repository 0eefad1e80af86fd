#include "netd/override_desk.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/ranges.h>

#include "lib/base/atomic_file.h"
#include "lib/control/json.h"

namespace hawser::netd {
namespace {

namespace json = boost::json;

constexpr std::int64_t kLongest = std::int64_t{31} * 24 * 3600 * 1000;
constexpr std::size_t kNamedReals = 20;  // in a refusal

constexpr std::string_view kUsage =
    R"(write {"real": "web1", "what": "draining", "service": "web", "within_ms": 60000}; service and within_ms may be left out)";

bool is_said(const Overrides& overrides, const OverrideKey& key) {
  return std::ranges::find(overrides.all(), key, &OverrideEntry::key) != overrides.all().end();
}

}  // namespace

OverrideDesk::OverrideDesk(Controller& controller, std::filesystem::path file, Tell tell, Now now)
    : controller_(controller), file_(std::move(file)), tell_(std::move(tell)), now_(std::move(now)) {}

void OverrideDesk::read() {
  const auto clocks = now_();
  auto overrides = read_overrides(file_, clocks);
  if (overrides) return controller_.set_overrides(std::move(*overrides), clocks.steady);
  tell_(
      {.kind = EventKind::kStorage,
       .level = Level::kWarning,
       .object = "overrides",
       .what = fmt::format("{}: what was drained or disabled by hand is not known any more", file_.native()),
       .cause = {CauseKind::kKernel, overrides.error().text}});
}

Result<OverrideDesk::Asked> OverrideDesk::parse(const std::string& body) {
  boost::system::error_code error;
  const auto value = json::parse(body, error);
  if (error) return fail("not JSON: {}: {}", error.message(), kUsage);
  Asked asked{{control::text_in(value, "service"), control::text_in(value, "real")},
              Override::kNone,
              {},
              control::flag_in(value, "dry_run")};
  const auto what = from_name<Override>(control::text_in(value, "what"));
  if (!what || asked.key.real.empty()) return fail("{}", kUsage);
  asked.what = *what;
  const auto& within = control::value_in(value, "within_ms");
  if (within.is_null()) return asked;
  if (!within.is_int64() || within.get_int64() < 0 || within.get_int64() > kLongest ||
      *what != Override::kDraining)
    return fail("within_ms is of draining, from 0 to {}: {}", kLongest, kUsage);
  asked.within = Milliseconds(within.get_int64());
  return asked;
}

// "web: web1 198.51.100.21:8080", each real server that it is about.
std::vector<std::string> OverrideDesk::meant(const OverrideKey& key) const {
  std::set<std::string> names;
  for (const auto& [virtual_address, service] : controller_.ipvs().layout()) {
    if (!key.service.empty() && key.service != service.service) continue;
    for (const auto& member : service.members)
      if (is_called(member, key.real))
        names.insert(fmt::format("{}: {}", service.service, full_name(member)));
  }
  return {names.begin(), names.end()};
}

std::string OverrideDesk::no_such(const OverrideKey& key) const {
  std::set<std::string> services;
  std::set<std::string> reals;
  for (const auto& [virtual_address, service] : controller_.ipvs().layout()) {
    services.insert(service.service);
    if (!key.service.empty() && key.service != service.service) continue;
    for (const auto& member : service.members) reals.insert(member.name);
  }
  if (!key.service.empty() && !services.contains(key.service))
    return fmt::format("{}: no such service; there are: {}", key.service, fmt::join(services, ", "));
  std::vector<std::string> named(reals.begin(), reals.end());
  const auto more = named.size() > kNamedReals ? ", .." : "";
  named.resize(std::min(named.size(), kNamedReals));
  return fmt::format("{}: no such real server{}; there are: {}{}", key.real,
                     key.service.empty() ? "" : " in " + key.service, fmt::join(named, ", "), more);
}

control::Response OverrideDesk::answer(const control::Request& request) {
  const auto asked = parse(request.body);
  if (!asked) return control::refusal(400, asked.error().text);
  const auto about = meant(asked->key);
  // What is not in the file any more may still be taken back.
  const auto& said = controller_.ipvs().pools().overrides();
  if (about.empty() && (asked->what != Override::kNone || !is_said(said, asked->key)))
    return control::refusal(404, no_such(asked->key));
  const json::object done{{"what", name_of(asked->what)}, {"reals", json::array(about.begin(), about.end())}};
  if (asked->dry_run) return control::good(done);
  auto overrides = said;
  const auto clocks = now_();
  overrides.say(asked->key, asked->what, asked->within, clocks);
  overrides.tidy(controller_.ipvs().layout());
  if (auto written = write_atomically(file_, overrides.encode()); !written)
    return control::refusal(507, fmt::format("{} is not done, since it could not be kept: {}",
                                             name_of(asked->what), written.error().text));
  controller_.set_overrides(std::move(overrides), clocks.steady);
  return control::good(done);
}

}  // namespace hawser::netd
