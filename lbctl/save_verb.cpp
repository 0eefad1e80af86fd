#include "lbctl/save_verb.h"

#include <algorithm>

#include "lbctl/import/verb.h"
#include "lbctl/look.h"
#include "lbctl/rules/write.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "lib/netlink/netlink_kernel.h"
#include "lib/plan/object.h"
#include "lib/plan/plan.h"
#include "lib/reconcile/ipvs_host.h"
#include "lib/reconcile/known_health.h"

namespace hawser::lbctl {

namespace {

const cli::Option kSaveFormat{"--format", "FORMAT", "rules, by default, or toml: a file for netd"};

KnownNames names_by_netd(const cli::Arguments& arguments) {
  const auto status = ask_netd(arguments);
  return status ? names_in(read_netd(*status)) : KnownNames{};
}

std::vector<Step> left_to_do(const config::Config& config, const State& table) {
  const auto layout = lay_out(config);
  KnownHealth known;
  known.health = assume_up(probes_of(layout, config));
  Desired desired;
  desired.state.services = desired_services(layout, known, table.services).services;
  desired.state.ipvs = ipvs_host_of(config, layout);
  auto steps = plan(desired, table);
  std::erase_if(steps, [](const Step& step) {
    return is<SetIpvsSysctl>(step) ||
           std::holds_alternative<NftStep>(step);  // of those saved_as_toml() speaks
  });
  return steps;
}

Result<State> whole_table(Kernel& kernel) {
  auto observed = kernel.observe(kAllOfIpvs);
  if (!observed) return tl::unexpected(observed.error());
  if (may_have_nft_table(observed->state)) {
    auto table = kernel.observe(kNftOnly);
    if (!table) return tl::unexpected(table.error());
    observed->state.nft = std::move(table->state.nft);
  }
  return std::move(observed->state);
}

LeftOut as_left_out(const Step& step) {
  const auto object = object_of(step);
  auto what = describe(step);
  if (what.starts_with(object + ": ")) what.erase(0, object.size() + 2);
  return {{object, 0}, std::move(what), "netd would do that with this file"};
}

}  // namespace

std::vector<cli::Option> save_options() {
  return {kSaveFormat};
}

KnownNames names_in(const NetdView& netd) {
  KnownNames names;
  for (const auto& [key, service] : netd) {
    names.services[key] = service.name;
    for (const auto& [endpoint, real] : service.reals) names.reals[key][endpoint] = real.name;
  }
  return names;
}

Imported saved_as_toml(const State& table, const KnownNames& names) {
  auto saved = table_as_toml(table, names);
  for (const auto& step : left_to_do(saved.config, table)) saved.left_out.push_back(as_left_out(step));
  if (!table.nft || !table.nft->ours) return saved;
  const auto leave_out = [&](const NftContents& contents, const std::string& why) {
    for (const auto& words : in_words(contents))
      saved.left_out.push_back({{"nftables inet hawser", 0}, words, why});
  };
  leave_out(
      {table.nft->contents.marks, {}},
      "netd sets that mark for its own file alone: write the ports and addresses in virtual in place of "
      "the mark");
  leave_out({{}, table.nft->contents.nats},
            "netd does that for its own file alone: write source_nat = true into the pool");
  return saved;
}

int save_verb(const cli::Arguments& arguments) {
  const auto given = arguments.values.find(kSaveFormat.name);
  const auto format = given == arguments.values.end() ? std::string("rules") : given->second;
  if (format != "rules" && format != "toml") {
    cli::refuse(arguments, "lbctl save", "--format: there are rules and toml");
    return kUsage;
  }
  auto kernel = NetlinkKernel::open();
  if (!kernel) return cli::refuse(arguments, "lbctl", kernel.error());
  if (format == "toml") {
    const auto table = whole_table(*kernel);
    if (!table) return cli::refuse(arguments, "lbctl", table.error());
    return answer_with(arguments, saved_as_toml(*table, names_by_netd(arguments)), "the table");
  }
  const auto observed = kernel->observe(kAllOfIpvs);
  if (!observed) return cli::refuse(arguments, "lbctl", observed.error());
  cli::print(write_rules(observed->state));
  return kDone;
}

}  // namespace hawser::lbctl
