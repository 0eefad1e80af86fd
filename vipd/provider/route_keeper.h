// Where one address leads, kept as the election has it: the part between the role and the calls. Pure: the
// worker tells it what became of the role and of its calls, and asks what to call next.
//
// - One call at a time. A role that changes meanwhile waits for the answer: it is never crossed.
// - Who becomes Active switches, and has it confirmed by reading. Who stops being it does nothing more.
// - Who was Active and finds it here still at a later look says so: where a split has healed, the winner may
//   not have heard this host lose. Whoever it was led to by hand says nothing.
// - Who is Active and finds it elsewhere says so. It is taken back where it is sure that this host won (a
//   losing advertisement was heard, or it leads to whom the role was just taken from), never because a
//   reading said so: two halves of a cluster would take it from each other for ever.
#pragma once

#include "vipd/provider/move.h"

namespace hawser::vipd::provider {

enum class Standing : std::uint8_t { kUnknown, kHere, kElsewhere, kNobody };

struct RouteView {
  Standing standing = Standing::kUnknown;
  std::string target;                // where it leads, as last read
  std::optional<TimePoint> read_at;  // when that was
  std::string trouble;               // the last answer, where it told nothing; empty: it did
  bool confirmed = false;            // it leads here, as read since this host took it
  bool lost = false;                 // another host took it while this one switched
  bool left_behind = false;          // it leads here still, and this host left the role
  std::optional<Ask> asking;         // a call is on its way
  bool operator==(const RouteView&) const = default;
};

class RouteKeeper {
 public:
  // `own`: this host, in the provider's words. `look`: how often it is read with nothing to do.
  RouteKeeper(IpAddress address, std::string own, Milliseconds look, TimePoint now);
  RouteKeeper(const RouteKeeper&) = delete;
  RouteKeeper& operator=(const RouteKeeper&) = delete;

  // This host has the role, or wants the provider to confirm it; `from`: who had it before. While one is
  // pursued already, nothing.
  void take(Begin begin, std::optional<std::string> from, TimePoint now);
  // It has not, any more: what is on its way is heard, and nothing follows.
  void leave(TimePoint now);
  // A losing router was heard: it may have moved it, now or in a minute. Once a minute, however many are.
  void again(TimePoint now);
  // The file was read again: whoever asked for that wants to know how things are.
  void reconfigure(std::string own, Milliseconds look, TimePoint now);

  // What is to be called now (it is on its way from then on), when to ask again, or nothing until an answer.
  using Next = std::variant<std::monostate, Ask, TimePoint>;
  Next next(TimePoint now);
  // `chance` from 0 to below 1.
  void heard(const Answer& answer, const Move::IsSame& is_same, TimePoint now, double chance);

  [[nodiscard]] const RouteView& view() const { return view_; }
  [[nodiscard]] const IpAddress& address() const { return address_; }
  [[nodiscard]] const std::string& own() const { return own_; }
  [[nodiscard]] bool is_taken() const { return taken_; }

 private:
  void pursue(Wish wish, TimePoint now);
  void obey(const Order& order, TimePoint now);
  void ended(const End& end, TimePoint now);
  void looked(const Answer& answer, TimePoint now);
  void note(const Answer& answer, TimePoint now);
  void look_at(TimePoint time);
  [[nodiscard]] bool is_ours(const std::string& target) const;
  [[nodiscard]] bool is_to_be_taken_back() const;
  [[nodiscard]] Wish wish(Begin begin) const;

  IpAddress address_;
  std::string own_;
  Milliseconds look_;
  Move::IsSame is_same_;
  RouteView view_;
  bool taken_ = false;
  bool had_it_ = false;                // left the role, and it was not read elsewhere since
  std::optional<std::string> before_;  // who had the role before this host
  std::optional<Move> move_;
  std::optional<Wish> queued_;  // came while a call was on its way
  std::optional<Ask> ready_;
  std::optional<TimePoint> wake_;
  // Until then what a reading finds elsewhere may be the late switch of one that has left the role.
  std::optional<TimePoint> second_look_;
  bool from_anybody_ = false;          // that look: a losing router was heard
  std::optional<TimePoint> again_at_;  // when the last one was
  bool look_soon_ = false;             // asked for while a call was on its way
  bool failed_ = false;                // what was refused is tried again when it is read the next time
  unsigned failures_ = 0;              // of looks, in a row
};

}  // namespace hawser::vipd::provider

template <>
inline constexpr std::array<hawser::Name<hawser::vipd::provider::Standing>, 4>
    hawser::kNames<hawser::vipd::provider::Standing>{{
        {hawser::vipd::provider::Standing::kUnknown, "unknown"},
        {hawser::vipd::provider::Standing::kHere, "here"},
        {hawser::vipd::provider::Standing::kElsewhere, "elsewhere"},
        {hawser::vipd::provider::Standing::kNobody, "nobody"},
    }};
