#include "vipd/daemon/carry.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <limits>

#include <boost/json.hpp>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/daemon/log.h"

namespace hawser::vipd {

namespace json = boost::json;

namespace {

constexpr const char* kVariable = "HAWSER_VIPD_CARRY";
constexpr std::int64_t kFormat = 1;

// ---- values. What does not fit throws, and is then no carry of ours.

json::value time_json(TimePoint time) {
  return time.time_since_epoch().count();
}
TimePoint time_in(const json::value& value) {
  return TimePoint(TimePoint::duration(value.to_number<std::int64_t>()));
}

template <class Maybe, class Write>
json::value maybe_json(const Maybe& value, Write write) {
  return value ? write(*value) : json::value(nullptr);
}
template <class Read>
auto maybe_in(const json::value& value, Read read) -> std::optional<decltype(read(value))> {
  if (value.is_null()) return std::nullopt;
  return read(value);
}

json::value interval_json(Centiseconds interval) {
  return interval.count();
}
Centiseconds interval_in(const json::value& value) {
  return Centiseconds(value.to_number<std::int32_t>());
}

std::string text_of(const json::value& value) {
  return std::string(value.as_string());
}
IpAddress address_in(const json::value& value) {
  return IpAddress::parse(text_of(value)).value();
}

json::value heard_json(const Heard& heard) {
  return json::object{
      {"source", to_string(heard.source)}, {"priority", heard.priority.value}, {"at", time_json(heard.at)}};
}
Heard heard_in(const json::value& value) {
  return {address_in(value.at("source")), Priority(value.at("priority").to_number<std::uint8_t>()),
          time_in(value.at("at"))};
}

// ---- roles; only these two are carried

json::object role_json(const Backup& role) {
  return {{"role", "Backup"},
          {"wait", static_cast<int>(role.wait)},
          {"since", time_json(role.since)},
          {"interval", maybe_json(role.interval, interval_json)},
          {"preempt_at", maybe_json(role.preempt_at, time_json)},
          {"discarded", maybe_json(role.discarded, interval_json)},
          {"holding", role.holding},
          {"not_before", maybe_json(role.not_before, time_json)}};
}
Backup backup_in(const json::value& value) {
  Backup role;
  const auto wait = value.at("wait").to_number<int>();
  if (wait < 0 || wait > static_cast<int>(Backup::Wait::kListen)) throw std::invalid_argument("wait");
  role.wait = static_cast<Backup::Wait>(wait);
  role.since = time_in(value.at("since"));
  role.interval = maybe_in(value.at("interval"), interval_in);
  role.preempt_at = maybe_in(value.at("preempt_at"), time_in);
  role.discarded = maybe_in(value.at("discarded"), interval_in);
  role.holding = value.at("holding").as_bool();
  // A version before this one waited for nothing, and knew of no silence.
  if (const auto* time = value.as_object().if_contains("not_before"))
    role.not_before = maybe_in(*time, time_in);
  return role;
}

json::object role_json(const Active& role) {
  return {{"role", "Active"},
          {"advert_at", time_json(role.advert_at)},
          {"quiet_until", time_json(role.quiet_until)},
          {"silent_until", time_json(role.silent_until)},
          {"listening", role.listening},
          {"alone", role.alone}};
}
Active active_in(const json::value& value) {
  const auto* alone = value.as_object().if_contains("alone");
  return {time_in(value.at("advert_at")), time_in(value.at("quiet_until")), time_in(value.at("silent_until")),
          value.at("listening").as_bool(), alone != nullptr && alone->as_bool()};
}

json::object role_json(const Role& role) {
  if (const auto* active = std::get_if<Active>(&role)) return role_json(*active);
  return role_json(std::get<Backup>(role));
}

json::object signing_json(const Signing& signing) {
  json::array heard;
  for (const auto& [sender, last] : *signing.heard.last)
    heard.push_back(json::object{{"source", to_string(sender.first)},
                                 {"key", sender.second},
                                 {"sequence", last.sequence},
                                 {"order", last.order}});
  return {{"sent", signing.sent}, {"heard", std::move(heard)}};
}
Signing signing_in(const json::value& value) {
  Signing signing;
  signing.sent = value.at("sent").to_number<std::uint64_t>();
  for (const auto& heard : value.at("heard").as_array())
    signing.heard.last.fill()[{address_in(heard.at("source")), heard.at("key").to_number<std::uint8_t>()}] = {
        heard.at("sequence").to_number<std::uint64_t>(), heard.at("order").to_number<std::uint64_t>()};
  return signing;
}

Family family_in(const json::value& value) {
  return text_of(value) == to_string(Family::kIpv6) ? Family::kIpv6 : Family::kIpv4;
}

RouterKey key_in(const json::value& value) {
  return {text_of(value.at("interface")), family_in(value.at("family")),
          Vrid(value.at("id").to_number<std::uint8_t>())};
}

json::object router_json(const CarriedRouter& router) {
  const auto& [key, state] = router;
  return {{"interface", key.interface},
          {"family", to_string(key.family)},
          {"id", key.id.value},
          {"role", role_json(state.machine.role)},
          {"heard", maybe_json(state.machine.heard, heard_json)},
          {"since", time_json(state.since)},
          {"why", state.why},
          {"source", to_string(state.source)},
          {"plain_checksum", state.checksum == VrrpChecksum::kPlain},
          {"signing", signing_json(state.signing)}};
}

CarriedRouter router_in(const json::value& value) {
  CarriedRouter router;
  router.key = key_in(value);
  const auto& role = value.at("role");
  if (text_of(role.at("role")) == "Active")
    router.state.machine.role = active_in(role);
  else
    router.state.machine.role = backup_in(role);
  router.state.machine.heard = maybe_in(value.at("heard"), heard_in);
  router.state.since = time_in(value.at("since"));
  router.state.why = text_of(value.at("why"));
  router.state.source = address_in(value.at("source"));
  router.state.checksum =
      value.at("plain_checksum").as_bool() ? VrrpChecksum::kPlain : VrrpChecksum::kPseudoHeader;
  // A version before this one signed nothing.
  if (const auto* signing = value.as_object().if_contains("signing"))
    router.state.signing = signing_in(*signing);
  return router;
}

// ---- what has been. A role does not depend on it: what does not fit is forgotten alone

// Differences between any two of these are times too.
constexpr auto kFarthest = std::numeric_limits<std::int64_t>::max() / 4;

TimePoint past_time_in(const json::value& value) {
  const auto time = time_in(value);
  const auto count = time.time_since_epoch().count();
  if (count > kFarthest || count < -kFarthest) throw std::invalid_argument("time");
  return time;
}

RoleName role_name_in(const json::value& value) {
  const auto name = from_name<RoleName>(value.as_string());
  if (!name) throw std::invalid_argument("role");
  return *name;
}

json::object change_json(const Change& change) {
  return {{"at", time_json(change.at)},
          {"from", name_of(change.from)},
          {"to", name_of(change.to)},
          {"why", change.why},
          {"heard", maybe_json(change.heard, heard_json)},
          {"priority", change.priority.value}};
}
Change change_in(const json::value& value) {
  auto heard = maybe_in(value.at("heard"), heard_in);
  if (heard) heard->at = past_time_in(value.at("heard").at("at"));
  return {past_time_in(value.at("at")), role_name_in(value.at("from")),
          role_name_in(value.at("to")), Priority(value.at("priority").to_number<std::uint8_t>()),
          text_of(value.at("why")),     decltype(Change::heard)(heard)};
}

json::object late_json(const Late& late) {
  return {{"over_half", late.over_half},
          {"by_quarter", json::array(late.by_quarter.begin(), late.by_quarter.end())},
          {"longest", late.longest.count()}};
}
Late late_in(const json::value& value) {
  Late late;
  late.over_half = value.at("over_half").to_number<std::uint64_t>();
  const auto& quarters = value.at("by_quarter").as_array();
  for (std::size_t i = 0; i < late.by_quarter.size(); ++i)
    late.by_quarter.at(i) = quarters.at(i).to_number<std::uint64_t>();
  late.longest = past_time_in(value.at("longest")).time_since_epoch();
  return late;
}

// By their names here, so that one that another version does not know is one that it does not have.
constexpr std::array<std::pair<std::string_view, std::uint64_t Counters::*>, 6> kCounters{
    {{"sent", &Counters::sent},
     {"not_sent", &Counters::not_sent},
     {"received", &Counters::received},
     {"became_active", &Counters::became_active},
     {"announced", &Counters::announced},
     {"put_back", &Counters::put_back}}};

json::object counters_json(const Counters& counters) {
  json::object bad;
  for (const auto& [reason, name] : kNames<BadPacket>)
    if (const auto count = counters.bad.of(reason); count != 0) bad[name] = count;
  json::object object{{"bad", std::move(bad)}};
  for (const auto& [name, counter] : kCounters) object[name] = counters.*counter;
  return object;
}
Counters counters_in(const json::value& value) {
  Counters counters;
  const auto& object = value.as_object();
  for (const auto& [name, counter] : kCounters)
    if (const auto* count = object.if_contains(name)) counters.*counter = count->to_number<std::uint64_t>();
  BadPackets::ByReason bad{};
  for (const auto& [name, count] : object.at("bad").as_object())
    if (const auto reason = from_name<BadPacket>(name))
      bad.at(static_cast<std::size_t>(*reason)) = count.to_number<std::uint64_t>();
  if (bad != BadPackets::ByReason{}) counters.bad.by_reason = bad;
  return counters;
}

json::object past_json(const CarriedPast& carried) {
  const auto& [key, past] = carried;
  json::array changes;
  for (const auto& change : past.changes) changes.push_back(change_json(change));
  return {{"interface", key.interface},   {"family", to_string(key.family)},
          {"id", key.id.value},           {"changes", std::move(changes)},
          {"late", late_json(past.late)}, {"counters", counters_json(past.counters)}};
}
CarriedPast past_in(const json::value& value) {
  CarriedPast carried{key_in(value), {}};
  auto& [key, past] = carried;
  const auto& changes = value.at("changes").as_array();
  const auto skipped = changes.size() - std::min(changes.size(), kMostChanges);
  for (auto i = skipped; i < changes.size(); ++i) past.changes.push_back(change_in(changes.at(i)));
  past.late = late_in(value.at("late"));
  past.counters = counters_in(value.at("counters"));
  return carried;
}

// A version before this one left none.
std::vector<CarriedPast> pasts_in(const json::object& carry) {
  std::vector<CarriedPast> pasts;
  const auto* written = carry.if_contains("pasts");
  if (written == nullptr || !written->is_array()) return pasts;
  for (const auto& past : written->get_array()) try {
      pasts.push_back(past_in(past));
    } catch (const std::exception&) {
      continue;
    }
  return pasts;
}

json::object socket_json(const CarriedSocket& socket) {
  return {{"interface", socket.interface},
          {"family", to_string(socket.family)},
          {"index", socket.index.value},
          {"fd", socket.fd}};
}
CarriedSocket socket_in(const json::value& value) {
  return {text_of(value.at("interface")), family_in(value.at("family")),
          IfIndex{value.at("index").to_number<int>()}, value.at("fd").to_number<int>()};
}

Carry carry_in(const json::value& value) {
  if (value.at("format").to_number<std::int64_t>() != kFormat) throw std::invalid_argument("of another form");
  Carry carry;
  // What the file may say is another version's matter; roles and sockets are not.
  if (const auto reading = decode_from_worker(value.at("reading").as_object())) {
    carry.settings = std::get<Reading>(*reading).settings;
    carry.last_good = std::get<Reading>(*reading).last_good;
  }
  carry.stands = text_of(value.at("stands"));
  for (const auto& router : value.at("routers").as_array()) carry.routers.push_back(router_in(router));
  for (const auto& socket : value.at("sockets").as_array()) carry.sockets.push_back(socket_in(socket));
  carry.pasts = pasts_in(value.as_object());
  return carry;
}

// ---- what it is found by

constexpr std::int64_t kFresh = 30;  // seconds: a restart takes less than one

std::int64_t seconds_awake() {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return time.tv_sec;
}

// "4711 17 5": what is no number ends it.
std::vector<std::int64_t> numbers_in(std::string_view text) {
  std::vector<std::int64_t> numbers;
  std::int64_t number = 0;
  const auto* at = text.data();
  const auto* end = text.data() + text.size();
  while (at < end) {
    const auto [stop, problem] = std::from_chars(at, end, number);
    if (problem != std::errc{}) break;
    numbers.push_back(number);
    at = stop < end ? stop + 1 : end;
  }
  return numbers;
}

std::string contents_of(int fd) {
  struct stat facts {};
  if (::fstat(fd, &facts) != 0 || facts.st_size <= 0) return {};
  std::string text(static_cast<std::size_t>(facts.st_size), '\0');
  return ::pread(fd, text.data(), text.size(), 0) == facts.st_size ? text : std::string();
}

}  // namespace

std::string write_carry(const Carry& carry) {
  json::array routers;
  for (const auto& router : carry.routers) routers.push_back(router_json(router));
  json::array sockets;
  for (const auto& socket : carry.sockets) sockets.push_back(socket_json(socket));
  json::array pasts;
  for (const auto& past : carry.pasts) pasts.push_back(past_json(past));
  Reading reading;
  reading.settings = carry.settings;
  reading.last_good = carry.last_good;
  return json::serialize(json::object{{"format", kFormat},
                                      {"reading", encode(FromWorker(reading))},
                                      {"stands", carry.stands},
                                      {"routers", std::move(routers)},
                                      {"sockets", std::move(sockets)},
                                      {"pasts", std::move(pasts)}});
}

Result<Carry> read_carry(const std::string& text) {
  try {
    return carry_in(json::parse(text));
  } catch (const std::exception& problem) {
    return fail("what was carried over is not used: {}", problem.what());
  }
}

void leave_carry(const Carry& carry) {
  const int fd = ::memfd_create("vipd-carry", 0);  // stays open across exec
  if (fd < 0) return;
  const auto text = write_carry(carry);
  if (::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    log::warning("vipd: what the new one could go on with is not kept: {}", std::strerror(errno));
  // The descriptors stand here too, so that they are closed whatever becomes of the rest.
  auto named = fmt::format("{} {} {}", ::getpid(), seconds_awake(), fd);
  for (const auto& socket : carry.sockets) named += fmt::format(" {}", socket.fd);
  (void)::setenv(kVariable, named.c_str(), 1);
}

std::optional<Carry> find_carry() {
  const char* value = std::getenv(kVariable);
  if (value == nullptr) return std::nullopt;
  const auto numbers = numbers_in(value);
  (void)::unsetenv(kVariable);
  // One of another process, or from long ago: a version in between knew nothing of it.
  if (numbers.size() < 3 || numbers[0] != ::getpid()) return std::nullopt;
  std::vector<Fd> open;  // closed unless they are used
  for (std::size_t i = 2; i < numbers.size(); ++i)
    if (numbers[i] > STDERR_FILENO) open.emplace_back(static_cast<int>(numbers[i]));
  if (open.empty() || seconds_awake() - numbers[1] > kFresh) return std::nullopt;
  auto carry = read_carry(contents_of(open.front().get()));
  if (!carry) return std::nullopt;
  for (auto& socket : carry->sockets) {
    const auto ours = std::ranges::find(open, socket.fd, &Fd::get);
    if (ours == open.end()) return std::nullopt;
    (void)::fcntl(socket.fd, F_SETFD, FD_CLOEXEC);
    (void)ours->release();
  }
  return std::move(*carry);
}

}  // namespace hawser::vipd
