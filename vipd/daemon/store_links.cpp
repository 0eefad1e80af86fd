#include "vipd/daemon/store_links.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "lib/netlink/link_codec.h"
#include "vipd/daemon/own_links.h"

namespace hawser::vipd {

namespace {

std::string why_not_made(const StoreLink& link, const Error& why) {
  switch (why.code) {
    case EOPNOTSUPP:
      return fmt::format(
          "{}: this kernel has no dummy devices, which store needs: load them (modprobe dummy), or leave "
          "store out",
          link.name);
    case EPERM:
      return fmt::format("{}: a dummy for addresses: not permitted: vipd needs CAP_NET_ADMIN", link.name);
    case EEXIST:
      return fmt::format(
          "{}: is there and none of vipd's, and store needs a dummy of that name: call it otherwise",
          link.name);
    default:
      return fmt::format("{}: a dummy for addresses: {}", link.name,
                         why.text.empty() ? std::strerror(why.code) : why.text);
  }
}

// Empty: it is in none.
std::string vrf_of(const Picture& picture, const std::string& link) {
  const auto* found = picture.find(link);
  if (found == nullptr) return {};
  const auto master = picture.links().find(found->seen.master);
  const bool is_in_one = master != picture.links().end() && master->second.seen.kind == "vrf";
  return is_in_one ? master->second.seen.name : "";
}

// Nothing is ever heard there; without it the dummy would have a link-local address.
void switch_ipv6_off(const std::string& name) {
  std::ofstream(fmt::format("/proc/sys/net/ipv6/conf/{}/disable_ipv6", name)) << 1 << std::flush;
}

}  // namespace

void StoreLinks::want(std::vector<StoreLink> wanted) {
  std::ranges::sort(wanted);
  const auto twice = std::ranges::unique(wanted);
  wanted.erase(twice.begin(), twice.end());
  wanted_ = std::move(wanted);
}

// One without a mark that is just as we make it: we had made it and did not come so far as to mark it.
bool StoreLinks::is_ours_by_its_words(const nl::DecodedMacvlan& link, bool is_empty) const {
  if (link.alias == kStoreAlias) return true;
  return link.alias.empty() && !link.up && is_empty &&
         std::ranges::find(wanted_, link.name, &StoreLink::name) != wanted_.end();
}

std::vector<SeenStoreLink> StoreLinks::seen(nl::Socket& socket, const Picture& picture) {
  std::vector<SeenStoreLink> found;
  std::map<IfIndex, bool> known;
  for (const auto& [index, link] : picture.links()) {
    if (link.seen.kind != "dummy" || !is_store_name(link.seen.name)) continue;
    auto before = known_.find(index);
    if (before == known_.end()) {
      const auto there = socket.ask(nl::encode_get_link(index), nl::decode_macvlan);
      if (!there) continue;
      before = known_.emplace(index, is_ours_by_its_words(*there, link.addresses.empty())).first;
      if (before->second && there->alias.empty()) (void)mark(socket, index, link.seen.name, kStoreAlias);
    }
    known.emplace(*before);
    if (before->second) found.push_back({index, link.seen.name, link.seen.up, holds_something(link)});
  }
  known_ = std::move(known);
  of_routes_.clear();
  for (const auto& link : found)
    if (link.name.starts_with('r')) of_routes_.insert(link.index);
  return found;
}

Status StoreLinks::make(nl::Socket& socket, Picture& picture, const StoreLink& link) {
  Link dummy;
  dummy.kind = LinkKind::kDummy;
  if (auto made = socket.request(nl::encode_create_link(link.name, dummy, IfIndex{})); !made)
    return fail_with(made.error().code, "{}", why_not_made(link, made.error()));
  const auto index = socket.index_of(link.name);
  if (!index) return fail("{}: gone as soon as it was made", link.name);
  if (auto marked = mark(socket, *index, link.name, kStoreAlias); !marked) {
    (void)socket.request(nl::encode_delete_link(*index));
    return marked;
  }
  switch_ipv6_off(link.name);
  known_[*index] = true;
  if (link.holds_routes) of_routes_.insert(*index);
  picture.link_is(*index, {link.name, false, false, {}, "dummy", {}});
  return set_up(socket, picture, *index);
}

bool StoreLinks::may_try(const std::string& name, TimePoint now) const {
  constexpr Milliseconds kPause{5000};
  const auto trouble = troubles_.find(name);
  return trouble == troubles_.end() || now - trouble->second.at >= kPause;
}

void StoreLinks::settle(nl::Socket& socket, Picture& picture, TimePoint now) {
  const auto plan = plan_store_links(wanted_, seen(socket, picture));
  for (const auto index : plan.remove)
    if (socket.request(nl::encode_delete_link(index))) picture.link_is_gone(index);
  std::erase_if(troubles_, [&](const auto& entry) {
    return std::ranges::find(wanted_, entry.first, &StoreLink::name) == wanted_.end();
  });
  for (const auto& link : plan.make) {
    if (!may_try(link.name, now)) continue;
    if (const auto made = make(socket, picture, link); !made)
      troubles_[link.name] = {made.error().text, now};
    else
      troubles_.erase(link.name);
  }
  for (const auto index : plan.raise) (void)set_up(socket, picture, index);
}

void StoreLinks::let_go(nl::Socket& socket, Picture& picture, IfIndex link) {
  const auto known = known_.find(link);
  const auto found = picture.links().find(link);
  if (known == known_.end() || !known->second || found == picture.links().end()) return;
  const auto& name = found->second.seen.name;
  const bool is_wanted = std::ranges::find(wanted_, name, &StoreLink::name) != wanted_.end();
  if (is_wanted || holds_something(found->second)) return;
  if (socket.request(nl::encode_delete_link(link))) picture.link_is_gone(link);
}

bool StoreLinks::holds_routes(IfIndex link) const {
  return of_routes_.contains(link);
}

std::string StoreLinks::trouble(const Picture& picture, const config::Vip& vip, bool stays) const {
  const auto links = store_links_of(vip);
  if (links.empty()) return {};
  for (const auto& link : links)
    if (const auto found = troubles_.find(link.name); found != troubles_.end()) return found->second.why;
  if (const auto vrf = vrf_of(picture, vip.interface); !vrf.empty())
    return why_unanswered_in_vrf(vip.interface, vrf);
  for (const auto& link : links)
    if (const auto vrf = vrf_of(picture, link.name); !vrf.empty())
      return why_unanswered_from_vrf(link.name, vrf);
  return why_unanswered(vip.interface,
                        stays ? arp_ignore_of(vip.interface) : ipv4_setting("all", "arp_ignore"));
}

}  // namespace hawser::vipd
