// The advertisements of a virtual router: to whom they go, as from whom, and what becomes of one that cannot
// be sent.
#include <algorithm>

#include "vipd/addresses/virtual_link.h"
#include "vipd/router/router.h"

namespace hawser::vipd {

namespace {

template <class Send>
void to_everyone(const config::Vip& vip, const Send& send) {
  if (vip.manner->transport == config::VrrpTransport::kMulticast) return send(group_of(family_of(vip)));
  std::ranges::for_each(vip.manner->peers, send);
}

Advertisement advertisement_of(const config::Vip& vip, Priority priority, Centiseconds interval) {
  return {vip.virtual_router_id, priority, interval, advertised_addresses(vip)};
}

}  // namespace

void VirtualRouter::carry_out(const SendAdvertisement& action) {
  const auto advertisement = advertisement_of(vip_, action.priority, action.interval);
  const auto form = signed_form(advertisement);
  to_everyone(vip_, [&](const IpAddress& to) { send_to(to, advertisement, form); });
}

// Best effort: where it does not get out nobody is listening.
void VirtualRouter::say_goodbye() {
  const auto last = advertisement_of(vip_, kLeavingPriority, config().interval);
  const auto form = signed_form(last);
  to_everyone(vip_, [&](const IpAddress& to) { (void)transmit(to, encode(last, form, source_, to)); });
}

bool VirtualRouter::advertise_early() {
  const auto* active = std::get_if<Active>(&machine_.role);
  if (active == nullptr || active->listening) return false;
  const auto at = active->advert_at;
  const auto early = std::min<std::chrono::nanoseconds>(kEarlyAtMost, config().interval / 16);
  if (at - effects_.now() > early) return false;
  handle(Timer{at});
  held_.on_time();
  return true;
}

Status VirtualRouter::transmit(const IpAddress& destination, ByteView message) {
  if (!vip_.manner->virtual_mac) return effects_.send(vip_.interface, source_, destination, message);
  return effects_.send_as(virtual_mac(family_of(vip_), vip_.virtual_router_id), vip_.interface, source_,
                          destination, message);
}

void VirtualRouter::send_to(const IpAddress& destination, const Advertisement& advertisement,
                            const WireForm& form) {
  const auto message = encode(advertisement, form, source_, destination);
  const auto sent = transmit(destination, message);
  const auto topic = [&] { return fmt::format("send to {}", destination); };
  if (sent) {
    ++counters_.sent;
    sent_at_ = effects_.now();
    if (unreached_->contains(destination)) log_.over(topic());
    return;
  }
  ++counters_.not_sent;
  unreached_.fill()[destination] = {fmt::format("cannot be sent to ({})", sent.error().text), effects_.now()};
  const bool multicast = is_group(destination);
  log_.warn(topic(),
            {.kind = EventKind::kRefusal,
             .what = multicast ? "send advertisement" : fmt::format("send advertisement to {}", destination),
             .cause = {CauseKind::kKernel, sent.error().text}});
}

}  // namespace hawser::vipd
