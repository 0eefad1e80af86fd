#include "vipd/addresses/left_over.h"

#include <cerrno>

#include <linux/netlink.h>

#include "lib/config/config.h"
#include "lib/daemon/log.h"
#include "lib/netlink/address_codec.h"
#include "lib/netlink/explain.h"
#include "lib/netlink/link_codec.h"
#include "lib/netlink/local_route_codec.h"
#include "lib/netlink/macvlan_codec.h"
#include "lib/netlink/netlink_kernel.h"
#include "vipd/addresses/local_routes.h"
#include "vipd/addresses/secondaries.h"
#include "vipd/addresses/store.h"
#include "vipd/addresses/virtual_link.h"

namespace hawser::vipd {

namespace {
constexpr auto kOurNumber = static_cast<std::uint8_t>(Owner::kVipd);
}

Result<LeftOver> LeftOver::find() {
  auto kernel = NetlinkKernel::open();
  if (!kernel) return tl::unexpected(kernel.error());
  const auto observed = kernel->observe(kLinksOnly);
  if (!observed) return tl::unexpected(observed.error());
  auto socket = nl::Socket::open(NETLINK_ROUTE);
  if (!socket) return tl::unexpected(socket.error());
  auto strict = nl::Socket::open(NETLINK_ROUTE);
  if (!strict) return tl::unexpected(strict.error());
  strict->only_what_is_asked();
  const auto routes = our_local_routes(*strict);
  if (!routes) return tl::unexpected(routes.error());
  Picture picture;
  picture.see(*observed, *routes);
  std::vector<LeftOverLink> links;
  for (const auto& [index, link] : picture.links()) {
    const bool may_be_store = link.seen.kind == "dummy" && is_store_name(link.seen.name);
    if (link.seen.kind != "macvlan" && !may_be_store) continue;
    const auto there = socket->ask(nl::encode_get_link(index), nl::decode_macvlan);
    if (there && there->alias == (may_be_store ? kStoreAlias : kVirtualLinkAlias))
      links.push_back({index, there->name, may_be_store ? LinkKind::kDummy : LinkKind::kOther});
  }
  return LeftOver(std::move(*socket), strays(picture, [](const AddressKey&) { return false; }),
                  std::move(links));
}

Status LeftOver::remove(const Stray& address) {
  const RemoveAddress step{address.name, address.prefix};
  if (address.is_route) {
    const auto done =
        socket_.request(nl::encode_remove_local_route({address.link, address.prefix, kOurNumber}));
    if (done || done.error().code == ESRCH || done.error().code == ENODEV) return {};
    return fail_with(done.error().code, "{}: {}", describe(step),
                     nl::explain(step, done.error(), nl::has_net_admin()));
  }
  return keeping_secondaries(socket_, address.link, address.prefix, [&]() -> Status {
    const auto done = socket_.request(nl::encode_remove_address(address.link, address.prefix));
    const int code = done ? 0 : done.error().code;
    if (code == 0 || code == EADDRNOTAVAIL || code == ENODEV) return {};  // gone already, or with its link
    return fail_with(code, "{}: {}", describe(step), nl::explain(step, done.error(), nl::has_net_admin()));
  });
}

Status LeftOver::remove(const LeftOverLink& link) {
  const auto done = socket_.request(nl::encode_delete_link(link.index));
  if (done || done.error().code == ENODEV) return {};
  const DeleteLink step{link.name, link.kind};
  return fail_with(done.error().code, "{}: {}", describe(step),
                   nl::explain(step, done.error(), nl::has_net_admin()));
}

std::string listed(const std::vector<Stray>& addresses) {
  if (addresses.empty()) return {};
  const auto& first = addresses.front();
  return fmt::format("{} on {}{}", first.prefix, first.name,
                     addresses.size() > 1 ? fmt::format(" and {} more", addresses.size() - 1) : "");
}

void take_left_over_away() {
  auto left = LeftOver::find();
  if (!left)
    return log::write({.kind = EventKind::kAddress,
                       .level = Level::kError,
                       .object = "addresses of an earlier run",
                       .cause = {CauseKind::kKernel, left.error().text}});
  std::vector<Stray> gone;
  std::vector<Stray> stay;
  std::string why;
  for (const auto& address : left->addresses()) {
    if (address.name == config::kRoutedDevice) continue;
    const auto removed = left->remove(address);
    (removed ? gone : stay).push_back(address);
    if (!removed) why = removed.error().text;
  }
  for (const auto& link : left->links())
    if (const auto removed = left->remove(link); !removed) why = removed.error().text;
  if (!gone.empty())
    log::write({.kind = EventKind::kAddress,
                .level = Level::kWarning,
                .object = listed(gone),
                .what = "of an earlier run, and this one cannot advertise",
                .to = "removed"});
  if (!stay.empty())
    log::write({.kind = EventKind::kAddress,
                .level = Level::kError,
                .object = listed(stay),
                .what = "of an earlier run, and this one cannot advertise",
                .to = "stays, this host answers for it",
                .evidence = why});
}

}  // namespace hawser::vipd
