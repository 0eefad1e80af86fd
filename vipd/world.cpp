#include "vipd/world.h"

#include <cerrno>

#include "lib/daemon/log.h"
#include "lib/netlink/netlink_kernel.h"
#include "vipd/announce_frame.h"

namespace hawser::vipd {

namespace {
constexpr auto kOurNumber = static_cast<std::uint8_t>(Owner::kVipd);
}

AddAddress adding(const std::string& interface, const Prefix& prefix) {
  AddAddress step{interface, prefix, {}};
  step.address.protocol = kOurNumber;
  if (prefix.address.is_v6()) {
    step.address.preferred_lifetime = 0;
    step.address.no_dad = true;
  }
  return step;
}

Result<std::unique_ptr<World>> World::open(boost::asio::io_context& context, Segment::OnPacket on_packet,
                                           Claimed claimed) {
  auto kernel = NetlinkKernel::open();
  if (!kernel) return tl::unexpected(kernel.error());
  auto monitor = Monitor::open({.addresses = true, .routes = false});
  if (!monitor) return tl::unexpected(monitor.error());
  auto frames = FrameSocket::open();
  if (!frames) return tl::unexpected(frames.error());
  std::unique_ptr<World> world(new World(context, std::make_unique<NetlinkKernel>(std::move(*kernel)),
                                         std::move(*monitor), std::move(*frames), std::move(on_packet),
                                         std::move(claimed)));
  const auto looked = world->look();
  if (!looked) return tl::unexpected(looked.error());
  return world;
}

World::World(boost::asio::io_context& context, std::unique_ptr<Kernel> kernel, Monitor monitor,
             FrameSocket frames, Segment::OnPacket on_packet, Claimed claimed)
    : context_(context),
      kernel_(std::move(kernel)),
      monitor_(std::move(monitor)),
      frames_(std::move(frames)),
      on_packet_(std::move(on_packet)),
      claimed_(std::move(claimed)) {}

Result<std::vector<std::string>> World::look() {
  auto observed = kernel_->observe(kLinksAndAddresses);
  if (!observed) return tl::unexpected(observed.error());
  std::vector<std::string> changed;
  for (const auto& [name, link] : observed->state.links) {
    const auto before = observed_.state.links.find(name);
    if (before != observed_.state.links.end() && before->second.mac != link.mac) changed.push_back(name);
  }
  observed_ = std::move(*observed);
  return changed;
}

World::News World::drain() {
  News news;
  const auto changes = monitor_.drain();
  if (!changes || changes->lost) {
    news.look = news.lost = true;
    return news;
  }
  for (const auto& fact : changes->facts) note(fact, news);
  for (const auto& fact : changes->address_facts) note(fact, news);
  return news;
}

void World::note(const LinkFact& fact, News& news) {
  // It may come back with the same index (moved to another namespace and back), but not with its groups.
  if (fact.removed) close_segment(fact.name);
  const auto status = observed_.links.find(fact.name);
  const auto link = observed_.state.links.find(fact.name);
  const bool known = status != observed_.links.end() && link != observed_.state.links.end();
  const bool same = known && !fact.removed && status->second.index == fact.index &&
                    status->second.carrier == fact.carrier && link->second.up == fact.up &&
                    link->second.mac == fact.mac;
  // A renamed link is a new name here and an old one that a look no longer finds.
  if (!same) news.look = true;
}

void World::note(const AddressFact& fact, News& news) const {
  if (fact.protocol != kOurNumber) news.look = true;
  if (!fact.removed) return;
  const AddressKey key{name_of_link(fact.link), fact.prefix};
  if (claimed_(key)) news.removed.push_back(key);
}

std::string World::name_of_link(IfIndex index) const {
  for (const auto& [name, status] : observed_.links)
    if (status.index == index) return name;
  return {};
}

Status World::open_segment(const std::string& interface) {
  const auto status = observed_.links.find(interface);
  if (status == observed_.links.end()) return fail("{}: interface missing", interface);
  auto& segment = segments_[interface];
  if (!segment) segment = std::make_unique<Segment>(context_, interface, on_packet_);
  return segment->open(status->second.index);
}

void World::close_segment(const std::string& interface) {
  const auto segment = segments_.find(interface);
  if (segment != segments_.end()) segment->second->close();
}

void World::keep_segments(const std::set<std::string>& wanted) {
  std::erase_if(segments_, [&](const auto& entry) { return !wanted.contains(entry.first); });
}

void World::drain_segment(const std::string& interface) {
  const auto segment = segments_.find(interface);
  if (segment != segments_.end()) segment->second->drain();
}

Status World::send(const std::string& interface, const IpAddress& source, const IpAddress& destination,
                   ByteView message) {
  const auto segment = segments_.find(interface);
  if (segment == segments_.end()) return fail("{}: interface not usable", interface);
  return segment->second->send(source, destination, message);
}

Status World::add_address(const std::string& interface, const Prefix& prefix) {
  auto added = kernel_->perform(adding(interface, prefix));
  if (added || added.error().code != EEXIST) return added;
  // Ours, but changed by somebody: good enough.
  const auto now = kernel_->observe(kLinksAndAddresses);
  if (!now) return tl::unexpected(now.error());
  const auto link = now->state.links.find(interface);
  if (link == now->state.links.end()) return added;
  const auto there = link->second.addresses.find(prefix);
  const bool ours = there != link->second.addresses.end() && there->second.protocol == kOurNumber;
  return ours ? Status{} : added;
}

Status World::remove_address(const std::string& interface, const Prefix& prefix) {
  if (claimed_({interface, prefix})) return {};
  return kernel_->perform(RemoveAddress{interface, prefix});
}

void World::announce(const std::string& interface, const IpAddress& address) {
  const auto status = observed_.links.find(interface);
  const auto link = observed_.state.links.find(interface);
  if (status == observed_.links.end() || link == observed_.state.links.end() || !link->second.mac) return;
  for (const auto& frame : announcement_of(address, *link->second.mac))
    if (!frames_.send(status->second.index, frame)) return;  // the next round makes it good
}

void World::info(std::string_view line) {
  log::info("{}", line);
}

void World::warning(std::string_view line) {
  log::warning("{}", line);
}

}  // namespace hawser::vipd
