// What is asked of a provider that routes an address, and what its answer means. A provider's API is a slow,
// rate-limited register that somebody else writes too, and sometimes lies: so an answer is three-valued
// (leads to this, leads elsewhere, unknown), and whether something happened is asked, never assumed.
//
// A driver puts one call into requests, or runs of a program, and makes sense of the replies. Pure: it opens
// no socket and starts nothing, and is the only one that knows the API. What to do about an answer is
// move.h's, and the same for all.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lib/base/address.h"
#include "lib/base/duration.h"
#include "lib/base/names.h"
#include "lib/base/result.h"

namespace hawser::vipd::provider {

enum class Ask : std::uint8_t {
  kGet,
  kSet,
  kPower,     // of a server: is it on?
  kPowerOff,  // or reset: what takes whatever it holds away from it
};

struct Call {
  Ask ask = Ask::kGet;
  IpAddress address;  // kGet, kSet
  // In the provider's own words (Robot: the server's main address). kSet: where to; empty: to nobody. kGet:
  // where it should lead, where that is known: there is who can say no more than yes or no.
  // kPower, kPowerOff: the server.
  std::string target;
  std::string how{};  // kPowerOff, where there are several ways; empty: the driver's choice
  bool operator==(const Call&) const = default;
};

enum class Meaning : std::uint8_t {
  kRouted,     // the address leads to `target`; empty: to nobody
  kDone,       // switched, as the provider says
  kAlready,    // it was there already, as the provider says
  kBusy,       // locked, or still at an earlier switch: what was asked was not begun
  kUnknown,    // it may have happened, or not: cut off, an error of theirs, an answer that makes no sense
  kUnreached,  // surely nothing happened: no connection, no certificate that holds
  kLimited,    // too many calls; not again before `wait`
  kRefused,    // never as asked: no such address, no such target
  kDenied,     // the credentials are not taken
  kOff,        // the server is off
  kOn,         // it is not
};

struct Answer {
  Meaning meaning = Meaning::kUnknown;
  std::string target;   // where it leads, as far as this answer says
  std::string text;     // for people, with the provider's own code and words
  Milliseconds wait{};  // before the next call, where the provider says so
  bool operator==(const Answer&) const = default;
};

struct Request {
  std::string method, path, body;
  std::string content_type;  // of the body
  bool operator==(const Request&) const = default;
};

// A program that is run instead of a request: its path is a setting, and never a driver's to say.
struct ProgramCall {
  std::string action;  // "get", "set", "unroute"
  IpAddress address;
  std::string target;
  bool operator==(const ProgramCall&) const = default;
};

// Of a program: its exit status, and what it printed.
struct Reply {
  unsigned status = 0;
  std::string content_type, body;
  std::map<std::string, std::string> headers{};  // names in lower case
  std::string errors{};                          // of a program: what it printed to stderr
};

// The next request of a call, a program to run, a pause before a request, or what came of it.
struct Pause {
  Milliseconds length{};
  Request then;
};
using Turn = std::variant<Request, ProgramCall, Pause, Answer>;

// What an account may do, so that it never has to be told. 0: as often as one likes.
struct Limits {
  unsigned reads = 0, switches = 0, resets = 0;  // within `window`
  Milliseconds window{};
  unsigned logins = 0;        // refused ones, after which the caller is locked out
  Milliseconds locked_out{};  // for so long
};

// What a provider knows of the power of servers.
enum class Power : std::uint8_t {
  kNone,   // nothing
  kReset,  // it resets, and its answer is all that there is
  kRead,   // it switches off, and says what is off
};

class Driver {
 public:
  virtual ~Driver() = default;
  [[nodiscard]] virtual Turn begin(const Call& call) = 0;
  [[nodiscard]] virtual Turn heard(const Reply& reply) = 0;
  [[nodiscard]] virtual Limits limits() const = 0;
  [[nodiscard]] virtual Power power() const { return Power::kNone; }  // then nobody asks kPower or kPowerOff
  [[nodiscard]] virtual std::string endpoint() const = 0;             // the provider's own
  // "Basic dXNlcjpwYXNz", from what stands in the secret.
  [[nodiscard]] virtual Result<std::string> authorization(const std::string& secret) const = 0;
  // Whom the budget belongs to: no part of it is secret.
  [[nodiscard]] virtual std::string account(const std::string& secret) const = 0;
  // Two names of one target: "2001:db8::0" and "2001:db8::".
  [[nodiscard]] virtual bool is_same(const std::string& one, const std::string& other) const = 0;
};

enum class Kind : std::uint8_t { kHetznerRobot, kHetznerCloud, kWebhook, kExec };

// `place` is the webhook's URL; the others have their own, or none.
std::unique_ptr<Driver> driver_for(Kind kind, std::string place = {});

enum class Credentials : std::uint8_t { kNeeded, kOptional, kNone };
Credentials credentials_of(Kind kind);

}  // namespace hawser::vipd::provider

template <>
inline constexpr std::array<hawser::Name<hawser::vipd::provider::Kind>, 4>
    hawser::kNames<hawser::vipd::provider::Kind>{{
        {hawser::vipd::provider::Kind::kHetznerRobot, "hetzner-robot"},
        {hawser::vipd::provider::Kind::kHetznerCloud, "hetzner-cloud"},
        {hawser::vipd::provider::Kind::kWebhook, "webhook"},
        {hawser::vipd::provider::Kind::kExec, "exec"},
    }};
template <>
inline constexpr std::array<hawser::Name<hawser::vipd::provider::Ask>, 4>
    hawser::kNames<hawser::vipd::provider::Ask>{{
        {hawser::vipd::provider::Ask::kGet, "get"},
        {hawser::vipd::provider::Ask::kSet, "set"},
        {hawser::vipd::provider::Ask::kPower, "power"},
        {hawser::vipd::provider::Ask::kPowerOff, "power off"},
    }};
