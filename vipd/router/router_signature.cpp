// What a virtual router signs, and whom it believes: HMAC over advertisements of version 3.
#include <algorithm>

#include "vipd/router/router.h"

namespace hawser::vipd {

namespace {

constexpr std::size_t kMostSenders{16};  // where signatures are not insisted on, anybody is one

Event of_signature(std::string what) {
  return {.kind = EventKind::kPeer, .what = std::move(what), .cause = {CauseKind::kPeer, ""}};
}

const HmacKey* signing_key(const config::Vip& vip) {
  const bool signs = !vip.manner->hmac.empty() && vip.manner->hmac_mode != config::HmacMode::kReceiveOnly;
  return signs ? &vip.manner->hmac.front() : nullptr;
}

const HmacKey* key_with(const config::Vip& vip, std::uint8_t id) {
  const auto found = std::ranges::find(vip.manner->hmac, id, &HmacKey::id);
  return found == vip.manner->hmac.end() || found->secret.empty() ? nullptr : &*found;
}

// Roughly: who is 65 s ahead is that at the next advertisement too, and the line says the same again.
std::string about(std::chrono::seconds duration) {
  const auto seconds = std::chrono::abs(duration).count();
  if (seconds < 10) return fmt::format("{}s", seconds);
  if (seconds < 60) return fmt::format("{}s", seconds / 10 * 10);
  if (seconds < 3600) return fmt::format("{}m", seconds / 60);
  return seconds < 86400 ? fmt::format("{}h", seconds / 3600) : fmt::format("{}d", seconds / 86400);
}

std::string clock_words(const IpAddress& from, std::chrono::seconds lead) {
  return fmt::format("the clock of {} is about {} {} this host's", from, about(lead),
                     lead.count() < 0 ? "behind" : "ahead of");
}

// What the sender's administrator, or this host's, can do about it.
std::string why_not_believed(BadPacket reason, const config::Vip& vip, const IpAddress& from,
                             const std::optional<HmacTrailer>& trailer, std::chrono::seconds lead) {
  constexpr std::string_view kSo = "it is not listened to, and both may be Active";
  const int key = trailer ? trailer->key : 0;
  const auto window = config::window_of(vip.manner->hmac_window, vip.manner->advertisement_interval);
  switch (reason) {
    case BadPacket::kUnsigned:
      return fmt::format(
          "{} advertises router id {} without a signature: {}; give it the keys, or write hmac_mode = "
          "\"permissive\" until every node has them",
          from, vip.virtual_router_id, kSo);
    case BadPacket::kUnknownKey:
      return fmt::format(
          "{} signs router id {} with key {}, which hmac does not have here: {}; every node has to have a "
          "key before one signs with it",
          from, vip.virtual_router_id, key, kSo);
    case BadPacket::kForged:
      return fmt::format(
          "{} signs router id {} wrongly for key {} of this host: {}; the keys differ, or somebody else "
          "sends in its name",
          from, vip.virtual_router_id, key, kSo);
    case BadPacket::kStale:
      return fmt::format(
          "{}, and no more than {} may lie between them: {}; set the clocks; if they are right, somebody "
          "sends again what was sent then",
          clock_words(from, lead), format_duration(window.value_or(std::chrono::seconds(0))), kSo);
    case BadPacket::kReplayed:
      return fmt::format(
          "an advertisement from {} for router id {} is not later than one that was heard: it is not "
          "listened to; somebody sends it again, or the clock there was put back",
          from, vip.virtual_router_id);
    default:
      return {};
  }
}

}  // namespace

WireForm VirtualRouter::signed_form(const Advertisement& advertisement) {
  auto form = this->form();
  const auto* key = signing_key(vip_);
  if (key == nullptr) return form;
  const auto window = config::window_of(vip_.manner->hmac_window, vip_.manner->advertisement_interval);
  signing_.sent = next_sequence(signing_.sent, effects_.wall_clock(), window);
  // As long as what will be sent, so that it names as many addresses.
  form.trailer = HmacTrailer{};
  const auto message = encode(advertisement, form, source_, group_of(family_of(vip_)));
  const auto unsigned_part = ByteView(message).first(message.size() - kHmacTrailer);
  form.trailer = sign(unsigned_part, source_, *key, signing_.sent);
  return form;
}

std::optional<BadPacket> VirtualRouter::disbelief(const Packet& packet, const Received& received) {
  const auto& trailer = received.form.trailer;
  const auto& from = packet.header.source;
  if (!trailer)
    return vip_.manner->hmac_mode == config::HmacMode::kEnforce ? std::optional(BadPacket::kUnsigned)
                                                                : std::nullopt;
  const auto* key = key_with(vip_, trailer->key);
  if (key == nullptr) return BadPacket::kUnknownKey;
  if (!is_signed_by(signed_part(packet.payload, received), from, *trailer, *key)) return BadPacket::kForged;
  const auto window = config::window_of(vip_.manner->hmac_window, vip_.manner->advertisement_interval);
  switch (hear(signing_.heard, from, *trailer, effects_.wall_clock(), window)) {
    case Freshness::kOfAnotherTime:
      return BadPacket::kStale;
    case Freshness::kReplayed:
      return BadPacket::kReplayed;
    case Freshness::kFresh:
      break;
  }
  return std::nullopt;
}

bool VirtualRouter::believes(const Packet& packet, const Received& received) {
  const auto& trailer = received.form.trailer;
  const auto& from = packet.header.source;
  if (vip_.manner->hmac.empty()) {
    note_signature(from, trailer.has_value());
    return true;
  }
  const auto lead = trailer ? clock_lead(trailer->sequence, effects_.wall_clock()) : std::chrono::seconds(0);
  if (const auto reason = disbelief(packet, received)) {
    // After a stall of this host the queue is full of what was fresh when it came.
    const bool is_ours = *reason == BadPacket::kStale && is_overdue();
    drop(*reason, is_ours ? std::string() : why_not_believed(*reason, vip_, from, trailer, lead));
    return false;
  }
  remember_sender(from, {trailer ? std::optional(trailer->key) : std::nullopt, lead, effects_.now()});
  if (trailer) watch_clock(from, lead);
  return true;
}

// Nothing is asked of who has no keys, and so it is heard; whether it hears this host is another matter.
void VirtualRouter::note_signature(const IpAddress& from, bool is_signed) {
  if (!is_signed) return log_.over("signed");
  log_.warn("signed", of_signature(fmt::format(
                          "{} signs router id {}, and here are no keys for it: if it wants every node to "
                          "sign it does not hear this host, and both may be Active; write hmac here too",
                          from, vip_.virtual_router_id)));
}

void VirtualRouter::remember_sender(const IpAddress& from, const Sender& sender) {
  senders_.fill()[from] = sender;
  if (senders_->size() <= kMostSenders) return;
  const auto heard_at = [](const auto& entry) { return entry.second.at; };
  senders_.erase(IpAddress(std::ranges::min_element(*senders_, {}, heard_at)->first));
}

// While it is still heard.
void VirtualRouter::watch_clock(const IpAddress& from, std::chrono::seconds lead) {
  const auto window = config::window_of(vip_.manner->hmac_window, vip_.manner->advertisement_interval);
  if (!window || 2 * std::chrono::abs(lead) <= *window) return log_.over("clock");
  log_.warn("clock", of_signature(fmt::format("{}: beyond {} it is not listened to; set the clocks",
                                              clock_words(from, lead), format_duration(*window))));
}

}  // namespace hawser::vipd
