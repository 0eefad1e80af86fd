// When addresses are announced again: `count` rounds `interval` apart after a takeover, then each `refresh`.
// A value; it reads no clock. The first round is the caller's, at once.
#pragma once

#include <optional>

#include "lib/base/duration.h"
#include "lib/base/maybe_time.h"
#include "lib/config/config.h"

namespace hawser::vipd {

struct AnnounceSchedule {
  int left = 0;    // of the takeover's rounds
  MaybeTime next;  // none: nothing more to announce
  bool operator==(const AnnounceSchedule&) const = default;
};

// The first round has just been started.
AnnounceSchedule first_round(const config::Announce& announce, TimePoint now);
// The round that was due has just been started.
AnnounceSchedule after_round(const AnnounceSchedule& before, const config::Announce& announce, TimePoint now);

}  // namespace hawser::vipd
