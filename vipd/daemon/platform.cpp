#include "vipd/daemon/platform.h"

#include <algorithm>
#include <cerrno>
#include <span>

#include <boost/asio/post.hpp>
#include <linux/netlink.h>

#include "lib/netlink/address_codec.h"
#include "lib/netlink/explain.h"
#include "lib/netlink/local_route_codec.h"
#include "lib/netlink/neighbour_codec.h"
#include "lib/netlink/way.h"
#include "vipd/addresses/local_routes.h"
#include "vipd/addresses/secondaries.h"
#include "vipd/router/work_queue.h"
#include "vipd/vrrp/frame.h"

namespace hawser::vipd {

namespace {

constexpr auto kOurNumber = static_cast<std::uint8_t>(Owner::kVipd);

std::uint32_t lifetime_of(std::chrono::seconds lease) {
  return lease.count() == 0 ? kForever : static_cast<std::uint32_t>(lease.count());
}

}  // namespace

AddAddress adding(const std::string& interface, const Prefix& prefix) {
  AddAddress step{interface, prefix, {}};
  step.address.protocol = kOurNumber;
  if (prefix.address.is_v6()) {
    step.address.preferred_lifetime = 0;
    step.address.no_dad = true;
  }
  return step;
}

Result<std::unique_ptr<Platform>> Platform::open(boost::asio::io_context& context, Listeners listeners) {
  auto kernel = NetlinkKernel::open();
  if (!kernel) return tl::unexpected(kernel.error());
  auto steps = nl::Socket::open(NETLINK_ROUTE);
  if (!steps) return tl::unexpected(steps.error());
  auto routes = nl::Socket::open(NETLINK_ROUTE);
  if (!routes) return tl::unexpected(routes.error());
  routes->only_what_is_asked();
  auto monitor = Monitor::open({.addresses = true, .routes = true, .own = {{kOurNumber, steps->port()}}});
  if (!monitor) return tl::unexpected(monitor.error());
  auto frames = FrameSocket::open();
  if (!frames) return tl::unexpected(frames.error());
  std::unique_ptr<Platform> platform(new Platform(context, std::move(*kernel), std::move(*steps),
                                                  std::move(*routes), std::move(*monitor), std::move(*frames),
                                                  std::move(listeners)));
  const auto looked = platform->look();
  if (!looked) return tl::unexpected(looked.error());
  return platform;
}

Platform::Platform(boost::asio::io_context& context, NetlinkKernel kernel, nl::Socket steps,
                   nl::Socket routes, Monitor monitor, FrameSocket frames, Listeners listeners)
    : context_(context),
      kernel_(std::move(kernel)),
      steps_(std::move(steps)),
      routes_(std::move(routes)),
      monitor_(std::move(monitor)),
      frames_(std::move(frames)),
      listeners_(std::move(listeners)) {}

// ---- what there is

Status Platform::see() {
  const auto observed = kernel_.observe(kLinksOnly);
  if (!observed) return tl::unexpected(observed.error());
  const auto routes = local_routes(*observed);
  if (!routes) return tl::unexpected(routes.error());
  picture_.see(*observed, *routes);
  for (const auto& [name, link] : observed->links)
    if (carrier_is_back(link.index, link.carrier, link.carrier_changes)) carriers_back_.insert(name);
  return {};
}

// Ours lead through dummies; most hosts have none, and are asked once.
Result<std::vector<Picture::OnDevice>> Platform::local_routes(const Observed& observed) {
  const auto is_dummy = [](const auto& entry) { return entry.second.kind == "dummy"; };
  if (!has_routes_ && std::ranges::none_of(observed.links, is_dummy)) return std::vector<Picture::OnDevice>{};
  auto ours = our_local_routes(routes_);
  if (ours) has_routes_ = !ours->empty();
  return ours;
}

Result<std::vector<std::string>> Platform::look() {
  if (auto seen = see(); !seen) return tl::unexpected(seen.error());
  // An interface may have lost its last address meanwhile, and its sockets their groups.
  if (std::exchange(lost_, false))
    for (auto& [segment, socket] : sockets_) socket->close();
  const auto back = std::exchange(carriers_back_, {});
  std::vector<std::string> changed(back.begin(), back.end());
  std::map<IfIndex, MacAddress> macs;
  for (const auto& [index, link] : picture_.links()) {
    macs[index] = link.seen.mac;
    const auto before = macs_.find(index);
    if (before != macs_.end() && before->second != link.seen.mac) changed.push_back(link.seen.name);
  }
  macs_ = std::move(macs);
  return changed;
}

Platform::News Platform::drain() {
  News news;
  const auto changes = monitor_.drain();
  if (!changes || changes->lost) news.look = lost_ = true;
  if (!changes) return news;
  for (const auto& fact : changes->facts) note(fact, news);
  for (const auto& fact : changes->address_facts) note(fact, news);
  for (const auto& fact : changes->local_routes) note_route(fact, news);
  return news;
}

void Platform::note(const LinkFact& fact, News& news) {
  const auto known = picture_.links().find(fact.index);
  const auto name = known == picture_.links().end() ? fact.name : known->second.seen.name;
  if (fact.removed && known != picture_.links().end()) {
    // It may come back with the same index (moved to another namespace and back), but not with its groups.
    close_sockets_of(name);
    picture_.link_is_gone(fact.index);
    news.look = true;
  }
  if (fact.removed) carrier_changes_.erase(fact.index);
  if (fact.removed) return;
  const bool is_back = carrier_is_back(fact.index, fact.carrier, fact.carrier_changes);
  if (is_back || fact.failover || fact.announced) news.moved.insert(fact.name);
  if (name != fact.name) news.renamed.emplace_back(name, fact.name);
  if (picture_.link_is(fact.index, {fact.name, fact.up, fact.carrier, fact.mac, fact.kind, fact.master}))
    news.look = true;
}

// Two changes that come as one notification, or within a look, leave it as it was.
bool Platform::carrier_is_back(IfIndex index, bool carrier, std::uint32_t changes) {
  const auto [told, fresh] = carrier_changes_.try_emplace(index, changes);
  return std::exchange(told->second, changes) != changes && carrier;
}

// Our own steps are in the picture before their notifications come, and are no news.
void Platform::note(const AddressFact& fact, News& news) {
  const bool changed = fact.removed ? picture_.address_is_gone(fact.link, fact.prefix)
                                    : picture_.address_is(fact.link, fact.prefix,
                                                          {fact.protocol, fact.detection, fact.fleeting});
  if (!changed) return;
  news.look = true;
  // With its last address of a family the interface forgets the groups of its sockets, also when one comes
  // back at once.
  const auto link = picture_.links().find(fact.link);
  const auto family = fact.prefix.address.family();
  if (fact.removed && link != picture_.links().end() && !hears(picture_, link->second.seen.name, family))
    close_socket({link->second.seen.name, family});
}

void Platform::note_route(const AddressFact& fact, News& news) {
  const bool changed = fact.removed
                           ? picture_.address_is_gone(fact.link, fact.prefix)
                           : picture_.address_is(fact.link, fact.prefix, {fact.protocol, {}, false, true});
  if (changed) news.look = has_routes_ = true;
}

// ---- segments

Status Platform::open_socket(const Segment& segment) {
  const auto& [interface, family] = segment;
  const auto index = picture_.index_of(interface);
  if (!index) return fail("{}: interface missing", interface);
  auto& socket = sockets_[segment];
  if (!socket) socket = std::make_unique<VrrpSocket>(context_, interface, family, listeners_.on_packet);
  return socket->open(*index);
}

void Platform::adopt_socket(const Segment& segment, IfIndex index, Fd fd) {
  if (picture_.index_of(segment.first) != index) return;
  auto& socket = sockets_[segment];
  socket = std::make_unique<VrrpSocket>(context_, segment.first, segment.second, listeners_.on_packet);
  socket->adopt(std::move(fd), index);
}

void Platform::close_sockets_of(const std::string& interface) {
  for (const auto family : {Family::kIpv4, Family::kIpv6}) close_socket({interface, family});
}

void Platform::close_socket(const Segment& segment) {
  const auto socket = sockets_.find(segment);
  if (socket != sockets_.end()) socket->second->close();
}

void Platform::close_deaf_sockets() {
  for (auto& [segment, socket] : sockets_)
    if (!hears(picture_, segment.first, segment.second)) socket->close();
}

void Platform::keep_sockets(const std::set<Segment>& wanted) {
  std::erase_if(sockets_, [&](const auto& entry) { return !wanted.contains(entry.first); });
}

void Platform::drain_socket(const Segment& segment) {
  const auto socket = sockets_.find(segment);
  if (socket != sockets_.end()) socket->second->drain_whole(now());
}

Status Platform::send(const std::string& interface, const IpAddress& source, const IpAddress& destination,
                      ByteView message) {
  const auto socket = sockets_.find({interface, destination.family()});
  if (socket == sockets_.end()) return fail("{}: interface not usable", interface);
  return socket->second->send(source, destination, message);
}

// What is not known yet goes by the kernel's own way, which asks for it: with the interface's own MAC, once.
Status Platform::send_as(const MacAddress& mac, const std::string& interface, const IpAddress& source,
                         const IpAddress& destination, ByteView message) {
  // One that was renamed still sends.
  const auto socket = sockets_.find({interface, destination.family()});
  const auto index = socket != sockets_.end() && socket->second->is_open()
                         ? std::optional(socket->second->index())
                         : picture_.index_of(interface);
  if (!index) return fail("{}: interface missing", interface);
  const auto group = mac_of_group(destination);
  const auto to = group ? group : mac_towards(destination, *index);
  if (!to) return send(interface, source, destination, message);
  auto sent = frames_.send(*index, encode(VrrpFrame{mac, *to, source, destination}, message));
  if (!sent) return fail_because(interface, sent.error());
  return sent;
}

// The kernel keeps what it knows of its neighbours true as long as something is sent to them: that these
// frames are, it does not see.
std::optional<MacAddress> Platform::mac_towards(const IpAddress& destination, IfIndex link) {
  const auto way = steps_.ask(nl::ask_way(destination), nl::decode_way);
  if (!way || way->device != link) return std::nullopt;
  const auto next = way->via.value_or(destination);
  const auto known = steps_.ask(nl::encode_get_neighbour(link, next), nl::decode_neighbour);
  if (!known || !known->mac) return std::nullopt;
  if (!known->confirmed) (void)steps_.request(nl::encode_use_neighbour(link, next));
  return known->mac;
}

// ---- devices with virtual MACs

void Platform::want_virtual_links(std::vector<VirtualLink> wanted) {
  (void)virtual_links_.want(std::move(wanted));
  virtual_links_.settle(steps_, picture_, now());
}

void Platform::want_store_links(std::vector<StoreLink> wanted) {
  store_links_.want(std::move(wanted));
  store_links_.settle(steps_, picture_, now());
}

// ---- steps

// Where the host has its own way into that subnet, the kernel must not take ours for it: it would give the
// route, which may have come by router advertisement, the lifetime of the lease; and over a device with a
// virtual MAC it would be a second one.
AddAddress Platform::adding_here(const std::string& interface, const Prefix& prefix) const {
  auto step = adding(interface, prefix);
  const auto virtual_link = std::ranges::find(virtual_links_.wanted(), interface, &VirtualLink::name);
  const bool is_virtual = virtual_link != virtual_links_.wanted().end();
  const auto* link = picture_.find(is_virtual ? virtual_link->parent : interface);
  if (link == nullptr || prefix.length == prefix.address.bits()) return step;
  if (prefix.address.is_v4() && !is_virtual) return step;  // it becomes a secondary, and has none
  step.address.no_prefix_route = std::ranges::any_of(link->addresses, [&](const auto& entry) {
    return !is_ours(entry.second) && entry.first.network() == prefix.network();
  });
  return step;
}

Status Platform::perform(const AddAddress& step, IfIndex link, nl::Put put, std::chrono::seconds lease) {
  const auto lifetime = lifetime_of(lease);
  const bool as_route = store_links_.holds_routes(link);
  const auto done =
      steps_.request(as_route ? nl::encode_add_local_route({link, step.prefix, kOurNumber})
                              : nl::encode_put_address(put, link, step.prefix, step.address, lifetime));
  if (done) picture_.address_is(link, step.prefix, {step.address.protocol, {}, false, as_route});
  if (done) return {};
  const auto& refusal = done.error();
  return fail_with(refusal.code, "{}: {}", describe(step), nl::explain(step, refusal, nl::has_net_admin()));
}

// The worker has seen to it, unless somebody undid it since, or it was not there in time.
Status Platform::take_away(const RemoveAddress& step, IfIndex link) {
  return keeping_secondaries(steps_, link, step.prefix, [&] { return perform(step, link); });
}

// What it was seen to be, whatever its device is for.
bool Platform::is_route(IfIndex link, const Prefix& prefix) const {
  const auto found = picture_.links().find(link);
  if (found == picture_.links().end()) return false;
  const auto address = found->second.addresses.find(prefix);
  return address == found->second.addresses.end() ? store_links_.holds_routes(link)
                                                  : address->second.is_route;
}

Status Platform::perform(const RemoveAddress& step, IfIndex link) {
  const auto done = steps_.request(is_route(link, step.prefix)
                                       ? nl::encode_remove_local_route({link, step.prefix, kOurNumber})
                                       : nl::encode_remove_address(link, step.prefix));
  const int code = done ? 0 : done.error().code;
  // Gone already, or with its link.
  if (code == 0 || code == EADDRNOTAVAIL || code == ENODEV || code == ESRCH) {
    picture_.address_is_gone(link, step.prefix);
    return {};
  }
  return fail_with(code, "{}: {}", describe(step), nl::explain(step, done.error(), nl::has_net_admin()));
}

Status Platform::add_address(const std::string& interface, const Prefix& prefix, std::chrono::seconds lease) {
  const auto index = picture_.index_of(interface);
  if (!index) return fail_with(ENODEV, "{}: add address {}: interface missing", interface, prefix);
  if (auto raised = virtual_links_.raise(steps_, picture_, *index); !raised) return raised;
  // The kernel has no way to make it pass that keeps it.
  if (picture_.holding({interface, prefix}) == Holding::kOursMute)
    if (auto gone = perform(RemoveAddress{interface, prefix}, *index); !gone) return gone;
  auto added = perform(adding_here(interface, prefix), *index, nl::Put::kNew, lease);
  if (added || added.error().code != EEXIST) return added;
  // It came since we looked: whose is it?
  if (auto seen = see(); !seen) return seen;
  return picture_.holding({interface, prefix}) == Holding::kOurs ? Status{} : added;
}

// Alone each would cost a switch into the kernel, an acknowledgement and the news of it.
Status Platform::renew_address(const std::string& interface, const Prefix& prefix,
                               std::chrono::seconds lease) {
  const auto index = picture_.index_of(interface);
  if (!index) return fail_with(ENODEV, "{}: renew address {}: interface missing", interface, prefix);
  if (store_links_.holds_routes(*index)) return {};  // it has no lifetime
  renewals_.push_back({{interface, prefix}, lease});
  if (renewals_.size() == 1) boost::asio::post(context_, [this] { renew(); });
  return {};
}

// What was taken away since it was asked for stays away.
void Platform::renew() {
  const auto count = std::min(renewals_.size(), renewed_together_);
  std::vector<std::pair<AddAddress, Renewal>> steps;
  std::vector<nl::Message> messages;
  for (const auto& renewal : std::span(renewals_).first(count)) {
    const auto& [interface, prefix] = renewal.address;
    const auto index = picture_.index_of(interface);
    if (!index || picture_.holding(renewal.address) != Holding::kOurs) continue;
    steps.emplace_back(adding_here(interface, prefix), renewal);
    messages.push_back(nl::encode_put_address(nl::Put::kReplace, *index, prefix, steps.back().first.address,
                                              lifetime_of(renewal.lease)));
  }
  renewals_.erase(renewals_.begin(), renewals_.begin() + static_cast<std::ptrdiff_t>(count));
  if (renewals_.empty()) renewals_.shrink_to_fit();  // a thousand vips have their turn together
  if (!renewals_.empty()) boost::asio::post(context_, [this] { renew(); });
  if (messages.empty()) return;
  const auto begun = std::chrono::steady_clock::now();
  const auto refused = steps_.request_together(messages);
  renewed_together_ = renewed_together(messages.size(), std::chrono::steady_clock::now() - begun, kSlice);
  Status done;
  if (!refused) done = fail_because("renew addresses", refused.error());
  // Alone once more: then the kernel says why.
  for (const auto which : refused.value_or(std::vector<std::size_t>{})) {
    const auto& [step, renewal] = steps[which];
    if (const auto index = picture_.index_of(renewal.address.first))
      if (auto alone = perform(step, *index, nl::Put::kReplace, renewal.lease); !alone)
        done = std::move(alone);
  }
  listeners_.renewed(done);
}

Status Platform::remove_address(const std::string& interface, const Prefix& prefix) {
  const auto index = picture_.index_of(interface);
  if (!index || listeners_.claimed({interface, prefix})) return {};
  auto removed = take_away(RemoveAddress{interface, prefix}, *index);
  virtual_links_.lower(steps_, picture_, *index);
  store_links_.let_go(steps_, picture_, *index);
  return removed;
}

Status Platform::remove_stray(const Stray& stray) {
  auto removed = take_away(RemoveAddress{stray.name, stray.prefix}, stray.link);
  virtual_links_.lower(steps_, picture_, stray.link);
  store_links_.let_go(steps_, picture_, stray.link);
  return removed;
}

Status Platform::try_address(const std::string& interface, const Prefix& prefix) {
  if (auto added = add_address(interface, prefix, std::chrono::seconds(0)); !added) return added;
  return remove_address(interface, prefix);
}

// The picture has it at once: what is to be held there need not wait for the notification.
Status Platform::make_dummy(const std::string& name) {
  Link dummy;
  dummy.kind = LinkKind::kDummy;
  if (auto made = kernel_.perform(CreateLink{name, dummy}); !made) return made;
  if (auto up = kernel_.perform(SetLinkUp{name, true}); !up) return up;
  return see();
}

NeighborRole Platform::neighbor_role(const std::string& interface) {
  constexpr Milliseconds kHolds{1000};
  const auto [found, fresh] = roles_.try_emplace(interface);
  if (fresh || now() - found->second.read_at >= kHolds) found->second = {role_on(interface), now()};
  return found->second.role;
}

Status Platform::announce(const std::string& interface, const IpAddress& address) {
  const auto index = picture_.index_of(interface);
  const auto* link = picture_.find(interface);
  if (!index || link == nullptr || link->seen.mac.is_zero()) return {};
  const auto role = address.is_v6() ? neighbor_role(interface) : NeighborRole::kHost;
  for (const auto& frame : announcement_of(address, link->seen.mac, role))
    if (auto sent = frames_.send(*index, frame); !sent) return sent;
  return {};
}

namespace {

// Who has it. Empty: this host has no address there to ask from.
Bytes question(const Picture::Link& link, const IpAddress& address) {
  if (address.is_v4()) return encode(ArpProbe{link.seen.mac, address});
  for (const auto& [prefix, seen] : link.addresses)
    if (prefix.address.is_link_local() && !is_ours(seen) && seen.detection == Detection::kPassed)
      return encode(NeighborProbe{link.seen.mac, prefix.address, address});
  return {};
}

}  // namespace

void Platform::probe(const std::string& interface, const IpAddress& address) {
  const auto index = picture_.index_of(interface);
  const auto* link = picture_.find(interface);
  if (!index || link == nullptr || link->seen.mac.is_zero()) return;
  if (const auto frame = question(*link, address); !frame.empty())
    (void)frames_.send(*index, frame);  // the next one makes it good
}

}  // namespace hawser::vipd
