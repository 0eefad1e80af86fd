#include "vipd/announce/announce_schedule.h"

namespace hawser::vipd {

namespace {

AnnounceSchedule rounds(int left, const config::Announce& announce, TimePoint now) {
  if (left > 0) return {left, now + announce.interval};
  if (announce.refresh > Milliseconds(0)) return {0, now + announce.refresh};
  return {};
}

}  // namespace

AnnounceSchedule first_round(const config::Announce& announce, TimePoint now) {
  return rounds(announce.count - 1, announce, now);
}

AnnounceSchedule after_round(const AnnounceSchedule& before, const config::Announce& announce,
                             TimePoint now) {
  return rounds(before.left - 1, announce, now);
}

}  // namespace hawser::vipd
