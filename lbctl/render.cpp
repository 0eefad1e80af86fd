#include "lbctl/render.h"

#include "lib/cli/age.h"
#include "lib/cli/table.h"

namespace hawser::lbctl {

namespace {

std::string describe_service(const Service& service) {
  std::string text;
  for (const auto& flag : scheduler_flags(service)) text += " " + flag;
  if (has_flag(service, ServiceFlag::kPersistent))
    text +=
        fmt::format(", persistent {}", format_duration(std::chrono::seconds(service.persistence_timeout)));
  if (!service.persistence_engine.empty()) text += fmt::format(" by {}", service.persistence_engine);
  if (has_flag(service, ServiceFlag::kOnePacket)) text += ", one packet";
  return text;
}

std::string headline(const ServiceKey& key, const ServiceView& view, bool netd_answered) {
  auto text = fmt::format("{}, {}", to_string(key), view.scheduler);
  if (!view.name.empty()) text = fmt::format("{}: {}", view.name, text);
  if (view.service) text += describe_service(*view.service);
  if (!view.service) text += " (not in the kernel)";
  if (netd_answered && view.name.empty()) text += " (unmanaged)";
  return text + "\n";
}

// Weight in the kernel, and where it differs the configured one: "0 of 100"; "-" stands for not in the
// kernel.
std::string weight_of(const RealView& real) {
  auto now = real.server ? std::to_string(real.server->weight) : "-";
  if (!real.netd || (real.server && real.netd->weight == real.server->weight)) return now;
  return fmt::format("{} of {}", now, real.netd->weight);
}

std::vector<std::string> row_of(const Endpoint& endpoint, const RealView& real) {
  std::vector<std::string> row{to_string(endpoint), real.netd ? real.netd->name : ""};
  row.emplace_back(real.server ? name_of(real.server->forwarding) : "-");
  row.push_back(weight_of(real));
  for (const auto count : {real.status.active, real.status.inactive})
    row.push_back(real.server ? std::to_string(count) : "-");
  if (!real.netd) return row;
  row.push_back(real.netd->state);
  row.push_back(real.netd->since.count() > 0 ? cli::format_age(real.netd->since) : "");
  row.push_back(real.netd->reason);
  return row;
}

std::string render_reals(const ServiceView& view, std::size_t width) {
  if (view.reals.empty()) return "  no real servers\n";
  using cli::Align;
  cli::Table table{{{"real server"},
                    {"name"},
                    {"forwarding"},
                    {"weight", Align::kRight},
                    {"active", Align::kRight},
                    {"inactive", Align::kRight},
                    {"state"},
                    {"since", Align::kRight},
                    {"reason", Align::kLeft, cli::Fit::kWraps}}};
  for (const auto& [endpoint, real] : view.reals) table.add(row_of(endpoint, real));
  return table.str("  ", width);
}

}  // namespace

std::string render(const View& view, std::size_t width) {
  if (view.services.empty() && !view.has_ipvs)
    return "no virtual services: IPVS is not loaded (modprobe ip_vs)\n";
  if (view.services.empty()) return "no virtual services\n";
  std::string text;
  for (const auto& [key, service] : view.services) {
    if (!text.empty()) text += "\n";
    text += headline(key, service, view.netd_answered) + render_reals(service, width);
  }
  return text;
}

}  // namespace hawser::lbctl
