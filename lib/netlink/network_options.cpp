// Options that not every kernel has. None refuses an attribute that it does not know: it acknowledges, and
// says nothing of it when asked. So what was sent is asked for again.
#include <cerrno>
#include <cstring>

#include "lib/netlink/link_codec.h"
#include "lib/netlink/network.h"
#include "lib/plan/kernel.h"

namespace hawser::nl {

namespace {

// Should a kernel look more closely one day.
bool may_mean_unknown(const Status& status) {
  return status || status.error().code == EINVAL || status.error().code == EOPNOTSUPP;
}

tl::unexpected<Error> not_in_this_kernel() {
  return fail_with(ENOSYS, "{}", kNotInThisKernel);
}

// Linux 6.18; before it the option has three values.
bool is_young_value(BondOption option, std::uint32_t value) {
  constexpr std::uint32_t kByPortPrio = 3;  // BOND_AD_PRIO
  return option == BondOption::kAdSelect && value == kByPortPrio;
}

}  // namespace

Result<DecodedLink> Network::look_at(const std::string& name) {
  auto link = socket_.ask(encode_get_link(name), decode_link);
  if (link) link->bond.bond.lacking.options.add(dialect_.unknown);
  return link;
}

void Network::read_from_files(DecodedLink& link) const {
  if (link.kind != "bond") return;
  auto& bond = link.bond.bond;
  bond.lacking.options.add(dialect_.unknown);
  if (bond.lacking.options.empty()) return;
  for (const auto& info : bond_options()) {
    if (!bond.lacking.options.contains(info.option)) continue;
    const auto value = dialect_.files.read(link.name, link.index, info.option);
    if (value) bond.lacking.options.remove(info.option);
    bond.set(info.option, value.value_or(info.default_value));
  }
}

Status Network::set_by_file(const DecodedLink& bond, BondOption option, std::uint32_t value) const {
  auto status = dialect_.files.write(bond.name, bond.index, option, value);
  if (!status && status.error().code == ENOENT) return not_in_this_kernel();
  return status;
}

Status Network::set(const SetBondOption& step) {
  Status status;
  if (!dialect_.unknown.contains(step.option))
    status = socket_.request(encode_bond_option(step.bond, step.option, step.to));
  if (!may_mean_unknown(status)) return status;
  if (!status && is_young_value(step.option, step.to)) return not_in_this_kernel();
  const auto there = look_at(step.bond);
  if (!there) return tl::unexpected(there.error());
  if (!there->bond.bond.lacking.options.contains(step.option)) return status;
  return set_by_file(*there, step.option, step.to);
}

Status Network::set(const SetPortOptions& step) {
  auto status = socket_.request(encode_port_options(step.port, step.from, step.to));
  if (step.from.actor_port_prio == step.to.actor_port_prio || !may_mean_unknown(status)) return status;
  const auto there = look_at(step.port);
  if (!there) return tl::unexpected(there.error());
  const bool port = there->port_kind == "bond";
  return port && !there->port.tells_actor_port_prio ? not_in_this_kernel() : status;
}

// Of a new bond the kernel does not say which value it has never heard of.
Status Network::in_other_words(const CreateLink& refused, Status status) {
  const auto& bond = refused.wanted.bond;
  if (!bond || !is_young_value(BondOption::kAdSelect, bond->get(BondOption::kAdSelect))) return status;
  return fail_with(ENOSYS, "{}: {}", info_of(BondOption::kAdSelect).name, kNotInThisKernel);
}

// The bond is there, without what the kernel ignored: that goes by file, or there is to be no such bond.
Status Network::give_the_rest(const CreateLink& made) {
  if (!made.wanted.bond) return {};
  const auto& wanted = *made.wanted.bond;
  const auto usual = kernel_default_bond(wanted.mode);
  if (wanted.options == usual.options) return {};
  const auto there = look_at(made.link);
  if (!there) return tl::unexpected(there.error());
  for (const auto& info : bond_options()) {
    const auto value = wanted.get(info.option);
    if (!option_applies(info, wanted.mode) || value == usual.get(info.option)) continue;
    if (!there->bond.bond.lacking.options.contains(info.option)) continue;
    const auto given = set_by_file(*there, info.option, value);
    if (given) continue;
    const auto& why = given.error();
    (void)socket_.request(encode_delete_link(made.link));
    return fail_with(why.code, "{}: {}", info.name, why.text.empty() ? std::strerror(why.code) : why.text);
  }
  return {};
}

}  // namespace hawser::nl
