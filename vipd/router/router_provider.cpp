// A vip whose addresses a provider routes: what its role waits for, and what the provider's word does to it.
#include <algorithm>

#include "vipd/addresses/routed.h"
#include "vipd/router/router.h"

namespace hawser::vipd {

namespace {
// After the provider gave the addresses to another node while this one was Active, and nobody is heard: two
// halves of a cluster that cannot hear each other would take them from one another for ever.
constexpr Milliseconds kAfterALoss = std::chrono::minutes(10);
}  // namespace

// Fencing is for a router that fell silent. One that said it leaves, or that is heard and will yield, is
// well.
EnumSet<Consent> VirtualRouter::needs() const {
  EnumSet<Consent> needs;
  const auto* backup = std::get_if<Backup>(&machine_.role);
  if (backup == nullptr) return needs;
  if (vip_.manner->arbiter) needs.add(Consent::kProvider);
  const bool yields = backup->discarded || backup->preempt_at;
  const bool left = machine_.heard && machine_.heard->priority == kLeavingPriority;
  if (vip_.manner->require_fencing && !left && !yields) needs.add(Consent::kFencing);
  return needs;
}

bool VirtualRouter::must_ask(TimePoint now) const {
  if (needs().empty()) return false;
  const auto due = deadline(config(), machine_);
  return role() == RoleName::kBackup && due && now >= *due;
}

// Whoever is heard meanwhile has the role: then nothing is asked any more.
void VirtualRouter::settle_asking() {
  if (asking_since_ && !must_ask(effects_.now())) asking_since_.reset();
}

bool VirtualRouter::asks() const {
  return asking_since_ && (!not_before_ || effects_.now() >= *not_before_);
}

void VirtualRouter::provider_says(const ProviderWord& word) {
  const auto now = effects_.now();
  if (asks() && word.given.contains(needs())) {
    asking_since_.reset();
    not_before_.reset();
    return handle(Timer{now, true});
  }
  if (!vip_.manner->arbiter || role() != RoleName::kActive || word.elsewhere.empty()) return;
  say_goodbye();
  not_before_ = now + kAfterALoss;
  handle(Fault{now, word.elsewhere, FaultReason::kProvider});
  if (usable_) handle(Startup{now, false, {}});
}

// To the Active router alone: a third would take this host for it.
void VirtualRouter::left_behind() {
  const auto& heard = machine_.heard;
  if (role() != RoleName::kBackup || !heard || !yields_to(config(), heard->priority, heard->source)) return;
  const Advertisement word{vip_.virtual_router_id, config().priority, config().interval,
                           advertised_addresses(vip_)};
  send_to(
      vip_.manner->transport == config::VrrpTransport::kMulticast ? group_of(family_of(vip_)) : heard->source,
      word, signed_form(word));
}

// What an earlier run held says that this host has not been away: it only listens for a moment. Looked at
// once, before this run adds them itself.
bool VirtualRouter::held_by_an_earlier_run() const {
  return !vip_.manner->provider.empty() && std::ranges::any_of(vip_.addresses, [this](const auto& address) {
    return is_ours(effects_.holding(held_as(address)));
  });
}

}  // namespace hawser::vipd
