#include "lbctl/import/ipvsadm_rules.h"

#include <algorithm>
#include <optional>

#include "lbctl/import/service_writer.h"
#include "lbctl/rules/parse.h"

namespace hawser::lbctl {

namespace {

// The table that the rules make, line by line.
class RuleTable {
 public:
  RuleTable(std::string file, Draft& draft) : file_(std::move(file)), draft_(draft) {}

  void apply(const Line& line) {
    const Origin origin{{file_, line.number}, line.text};
    const auto rule = parse_rule(line.text, no_names());
    Status applied;
    if (!rule)
      applied = tl::unexpected(rule.error());
    else if (*rule)
      applied = std::visit([&](const auto& action) { return apply(action, origin); }, **rule);
    if (!applied) draft_.leave_out(origin, applied.error().text);
  }

  std::vector<ForeignService> take() { return std::move(services_); }

 private:
  Status apply(const ClearTable& /*all*/, const Origin& /*origin*/) {
    services_.clear();
    return {};
  }
  Status apply(const AddService& add, const Origin& origin) {
    if (const auto* there = find(add.key))
      return fail("{} is there since line {}", add.key, there->origin.at.line);
    services_.push_back({add.key, add.service, origin, {}, {}});
    return {};
  }
  Status apply(const EditService& edit, const Origin& origin) {
    auto* service = find(edit.key);
    if (service == nullptr) return no_service(edit.key);
    service->service = edit.to;
    service->origin = origin;
    return {};
  }
  Status apply(const DeleteService& gone, const Origin& /*origin*/) {
    if (find(gone.key) == nullptr) return no_service(gone.key);
    std::erase_if(services_, [&](const auto& service) { return service.key == gone.key; });
    return {};
  }
  Status apply(const AddReal& add, const Origin& origin) {
    auto* service = find(add.key);
    if (service == nullptr) return no_service(add.key);
    if (const auto* there = find(*service, add.real))
      return fail("{} is there since line {}", add.real, there->origin.at.line);
    service->reals.push_back({add.real, add.server, origin, {}});
    return {};
  }
  Status apply(const EditReal& edit, const Origin& origin) {
    auto* service = find(edit.key);
    if (service == nullptr) return no_service(edit.key);
    auto* there = find(*service, edit.real);
    if (there == nullptr) return fail("{} has no real server {}", edit.key, edit.real);
    *there = {edit.real, edit.to, origin, {}};
    return {};
  }
  Status apply(const DeleteReal& gone, const Origin& /*origin*/) {
    auto* service = find(gone.key);
    if (service == nullptr) return no_service(gone.key);
    if (find(*service, gone.real) == nullptr) return fail("{} has no real server {}", gone.key, gone.real);
    std::erase_if(service->reals, [&](const auto& real) { return real.endpoint == gone.real; });
    return {};
  }
  Status apply(const SetIpvsTimeouts& set, const Origin& origin) {
    write_timeouts(set.to, origin, draft_);
    return {};
  }
  // [ipvs] sync starts both, and only one table stands there.
  Status apply(const StartSync& start, const Origin& origin) {
    const auto& daemon = start.daemon;
    if (sync_ && *sync_ != daemon)
      return fail("it differs from the other daemon, and [ipvs] sync is for both");
    if (!sync_) write_sync(daemon, origin, draft_);
    sync_ = daemon;
    return {};
  }
  Status apply(const StopSync& /*stop*/, const Origin& /*origin*/) {
    return fail("it makes nothing in the table");
  }
  Status apply(const ZeroCounters& /*zero*/, const Origin& /*origin*/) {
    return fail("it makes nothing in the table");
  }

  static Status no_service(const ServiceKey& key) { return fail("there is no virtual service {}", key); }
  ForeignService* find(const ServiceKey& key) {
    const auto found = std::ranges::find(services_, key, &ForeignService::key);
    return found == services_.end() ? nullptr : &*found;
  }
  static ForeignReal* find(ForeignService& service, const Endpoint& real) {
    const auto found = std::ranges::find(service.reals, real, &ForeignReal::endpoint);
    return found == service.reals.end() ? nullptr : &*found;
  }

  std::string file_;
  Draft& draft_;
  std::vector<ForeignService> services_;
  std::optional<SyncDaemon> sync_;
};

}  // namespace

void import_ipvsadm_rules(const config::Source& source, Draft& draft) {
  RuleTable table(source.file, draft);
  for (const auto& line : lines_of(source.text, "#")) table.apply(line);
  for (const auto& service : table.take()) write_service(service, draft);
}

}  // namespace hawser::lbctl
