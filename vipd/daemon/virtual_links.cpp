#include "vipd/daemon/virtual_links.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "lib/netlink/explain.h"
#include "lib/netlink/inet_conf_codec.h"
#include "lib/netlink/link_codec.h"
#include "lib/netlink/macvlan_codec.h"
#include "vipd/daemon/own_links.h"

namespace hawser::vipd {

namespace {

using nl::InetSetting;

// Whatever `all` and `default` say: it answers for its own addresses alone, takes what comes from hosts that
// are reached over its parent, and keeps the other addresses of a subnet when one of them goes.
const std::map<InetSetting, std::uint32_t> kSettings{{InetSetting::kRpFilter, 2},
                                                     {InetSetting::kArpFilter, 0},
                                                     {InetSetting::kArpIgnore, 1},
                                                     {InetSetting::kArpAnnounce, 2},
                                                     {InetSetting::kPromoteSecondaries, 1}};

// addr_gen_mode 1: none. disable_ipv6 comes last: from then on the others count.
constexpr std::array<std::pair<const char*, int>, 4> kSettings6{
    {{"addr_gen_mode", 1}, {"accept_ra", 0}, {"autoconf", 0}, {"router_solicitations", 0}}};

bool write_setting6(const std::string& link, std::string_view setting, int value) {
  const auto path = fmt::format("/proc/sys/net/ipv6/conf/{}/{}", link, setting);
  std::ofstream file(path);
  file << value << std::flush;
  return file.good();
}

// Where IPv6 is not there at all there is nothing to switch off.
Status prepare6(const std::string& link, bool ipv6) {
  std::error_code unknown;
  if (!std::filesystem::exists("/proc/sys/net/ipv6/conf", unknown)) {
    if (ipv6) return fail("{}: this kernel has no IPv6", link);
    return {};
  }
  for (const auto& [setting, value] : kSettings6)
    if (!write_setting6(link, setting, value))
      return fail("{}: cannot set net.ipv6.conf.{}.{} to {}: {}", link, link, setting, value,
                  std::strerror(errno));
  if (!write_setting6(link, "disable_ipv6", ipv6 ? 0 : 1))
    return fail("{}: cannot set net.ipv6.conf.{}.disable_ipv6: {}", link, link, std::strerror(errno));
  return {};
}

Status prepare(nl::Socket& socket, IfIndex index, const VirtualLink& link) {
  if (auto marked = mark(socket, index, link.name, kVirtualLinkAlias); !marked) return marked;
  if (auto set = socket.request(nl::encode_set_inet_conf(index, kSettings)); !set)
    return fail_with(set.error().code, "{}: cannot set arp_ignore and rp_filter: {}", link.name,
                     std::strerror(set.error().code));
  return prepare6(link.name, link.ipv6);
}

std::string why_not_made(const VirtualLink& link, const Error& why) {
  switch (why.code) {
    case EOPNOTSUPP:
      return fmt::format(
          "{}: this kernel has no macvlan, which a virtual MAC needs: load it (modprobe macvlan), or "
          "leave virtual_mac out",
          link.parent);
    case EPERM:
      return fmt::format("{}: a device with the virtual MAC: not permitted: vipd needs CAP_NET_ADMIN",
                         link.parent);
    case EEXIST:
      return fmt::format(
          "{}: is there and none of vipd's, and the virtual MAC on {} needs a device of that name: call "
          "it otherwise",
          link.name, link.parent);
    case EBUSY:
    case EINVAL:
      return fmt::format("{}: bears no device with a virtual MAC{}{}: leave virtual_mac out", link.parent,
                         why.text.empty() ? "" : ": ", why.text);
    default:
      return fmt::format("{}: a device with the virtual MAC: {}", link.parent,
                         why.text.empty() ? std::strerror(why.code) : why.text);
  }
}

// One without a mark that is just as we make it: we had made it and did not come so far as to mark it.
bool is_ours_by_its_words(const nl::DecodedMacvlan& link, bool is_empty,
                          const std::vector<VirtualLink>& wanted) {
  if (link.alias == kVirtualLinkAlias) return true;
  return link.alias.empty() && !link.up && is_empty && link.bridge &&
         std::ranges::any_of(
             wanted, [&](const auto& wish) { return wish.name == link.name && wish.mac == link.mac; });
}

}  // namespace

bool VirtualLinks::want(std::vector<VirtualLink> wanted) {
  std::ranges::sort(wanted);
  const auto twice = std::ranges::unique(wanted);
  wanted.erase(twice.begin(), twice.end());
  if (wanted == wanted_) return false;
  wanted_ = std::move(wanted);
  return true;
}

// Most hosts have none, and are asked nothing.
std::vector<SeenVirtualLink> VirtualLinks::seen(nl::Socket& socket, const Picture& picture) {
  std::vector<SeenVirtualLink> found;
  std::map<IfIndex, Known> known;
  for (const auto& [index, link] : picture.links()) {
    if (link.seen.kind != "macvlan") continue;
    auto before = known_.find(index);
    if (before == known_.end()) {
      const auto there = socket.ask(nl::encode_get_link(index), nl::decode_macvlan);
      if (!there) continue;
      before = known_
                   .emplace(index, Known{is_ours_by_its_words(*there, link.addresses.empty(), wanted_),
                                         there->parent, there->bridge})
                   .first;
    }
    known.emplace(index, before->second);
    if (!before->second.ours) continue;
    found.push_back({index, link.seen.name, before->second.parent, link.seen.mac, link.seen.up,
                     before->second.bridge, holds_something(link)});
  }
  known_ = std::move(known);
  std::erase_if(prepared_, [&](IfIndex index) { return !known_.contains(index); });
  return found;
}

Status VirtualLinks::make(nl::Socket& socket, Picture& picture, const VirtualLink& link) {
  const auto* parent = picture.find(link.parent);
  const auto index = picture.index_of(link.parent);
  if (parent == nullptr || !index) return {};
  const auto master = picture.links().find(parent->seen.master);
  const bool in_vrf = master != picture.links().end() && master->second.seen.kind == "vrf";
  const nl::NewMacvlan wanted{link.name, *index, link.mac, in_vrf ? parent->seen.master : IfIndex{}};
  if (auto made = socket.request(nl::encode_make_macvlan(wanted)); !made)
    return fail_with(made.error().code, "{}", why_not_made(link, made.error()));
  const auto made = socket.index_of(link.name);
  if (!made) return fail("{}: gone as soon as it was made", link.name);
  if (auto prepared = prepare(socket, *made, link); !prepared) {
    (void)socket.request(nl::encode_delete_link(*made));
    return prepared;
  }
  known_[*made] = Known{true, *index, true};
  prepared_.insert(*made);
  picture.link_is(*made, {link.name, false, false, link.mac, "macvlan", wanted.vrf});
  return {};
}

void VirtualLinks::note_trouble(const Picture& picture, const VirtualLink& link, const Error& why,
                                TimePoint now) {
  troubles_[link.name] = {why.text, picture.index_of(link.parent).value_or(IfIndex{}), now};
}

// Each try may make the kernel look for a module.
bool VirtualLinks::may_try(const Picture& picture, const VirtualLink& link, TimePoint now) const {
  constexpr Milliseconds kPause{5000};
  const auto trouble = troubles_.find(link.name);
  return trouble == troubles_.end() || now - trouble->second.at >= kPause ||
         trouble->second.parent != picture.index_of(link.parent);
}

void VirtualLinks::settle(nl::Socket& socket, Picture& picture, TimePoint now) {
  const auto there = seen(socket, picture);
  deaf_.clear();
  if (wanted_.empty() && there.empty()) return troubles_.clear();
  deaf_ = why_not_answered(ipv4_setting("all", "arp_filter"), ipv4_setting("all", "arp_ignore"));
  std::map<std::string, IfIndex> parents;
  for (const auto& link : wanted_)
    if (const auto index = picture.index_of(link.parent)) parents.emplace(link.parent, *index);
  const auto plan = plan_virtual_links(wanted_, there, parents);
  for (const auto& link : plan.remove)
    if (socket.request(nl::encode_delete_link(link.index))) picture.link_is_gone(link.index);
  std::erase_if(troubles_, [&](const auto& entry) {
    return std::ranges::find(wanted_, entry.first, &VirtualLink::name) == wanted_.end();
  });
  for (const auto& link : plan.make) {
    if (!may_try(picture, link, now)) continue;
    if (const auto made = make(socket, picture, link); !made)
      note_trouble(picture, link, made.error(), now);
    else
      troubles_.erase(link.name);
  }
  for (const auto& link : plan.lower) (void)set_up(socket, picture, link.index, false);
  // Of an earlier run that may not have come so far, or of another file.
  for (const auto& link : wanted_) {
    const auto index = picture.index_of(link.name);
    if (!index || !known_.contains(*index) || !known_[*index].ours || prepared_.contains(*index)) continue;
    if (!may_try(picture, link, now)) continue;
    const auto prepared = prepare(socket, *index, link);
    if (!prepared) {
      note_trouble(picture, link, prepared.error(), now);
      continue;
    }
    prepared_.insert(*index);
    troubles_.erase(link.name);
  }
}

Status VirtualLinks::raise(nl::Socket& socket, Picture& picture, IfIndex link) {
  const auto known = known_.find(link);
  return known == known_.end() || !known->second.ours ? Status{} : set_up(socket, picture, link, true);
}

void VirtualLinks::lower(nl::Socket& socket, Picture& picture, IfIndex link) {
  const auto known = known_.find(link);
  if (known == known_.end() || !known->second.ours) return;
  const auto found = picture.links().find(link);
  if (found == picture.links().end() || holds_something(found->second)) return;
  const bool wanted =
      std::ranges::find(wanted_, found->second.seen.name, &VirtualLink::name) != wanted_.end();
  if (wanted)
    (void)set_up(socket, picture, link, false);
  else if (socket.request(nl::encode_delete_link(link)))
    picture.link_is_gone(link);
}

std::string VirtualLinks::trouble(const std::string& name) const {
  const auto found = troubles_.find(name);
  if (found != troubles_.end()) return found->second.why;
  const auto wish = std::ranges::find(wanted_, name, &VirtualLink::name);
  const bool is_deaf = !deaf_.empty() && wish != wanted_.end() && wish->ipv4;
  return is_deaf ? fmt::format("{}: {}", name, deaf_) : "";
}

}  // namespace hawser::vipd
