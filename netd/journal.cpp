#include "netd/journal.h"

#include <boost/json.hpp>

#include "netd/owed_json.h"

namespace hawser::netd {
namespace {

namespace json = boost::json;

void forget(Made& made, const std::string& link) {
  made.names.links.erase(link);
  made.indexes.erase(link);
}

// A device of the name that was there before, and is gone, is not the one that will be made.
void note(Made& made, const Step& step) {
  if (const auto* link = as<CreateLink>(step)) {
    made.names.links.insert(link->link);
    made.indexes.erase(link->link);
  }
  if (const auto* service = as<AddService>(step)) made.names.services.insert(service->key);
}

// Whether `made` has all that the step makes.
bool holds(const Made& made, const Step& step) {
  if (const auto* link = as<CreateLink>(step))
    return made.names.links.contains(link->link) && !made.indexes.contains(link->link);
  if (const auto* service = as<AddService>(step)) return made.names.services.contains(service->key);
  return true;
}

Status read_services(const json::array& list, Journal& journal) {
  for (const auto& item : list) {
    if (!item.is_string()) return fail("services: must be texts");
    auto key = ServiceKey::parse(std::string_view(item.get_string()));
    if (!key) return fail_because("services", key.error());
    journal.services.insert(*key);
  }
  return {};
}

Status read_links(const json::array& list, Journal& journal) {
  for (const auto& item : list) {
    if (!item.is_string()) return fail("links: must be texts");
    journal.links.emplace(item.get_string());
  }
  return {};
}

Status read_indexes(const json::object& list, Made& made) {
  for (const auto& [name, index] : list) {
    if (!index.is_int64()) return fail("indexes: must be numbers");
    made.indexes.emplace(name, IfIndex(static_cast<int>(index.get_int64())));
  }
  return {};
}

Status read_lists(const json::object& object, Made& made) {
  if (const auto* boot = object.if_contains("boot"); boot != nullptr && boot->is_string())
    made.boot = std::string_view(boot->get_string());
  if (const auto* links = object.if_contains("links"); links != nullptr && links->is_array())
    if (auto read = read_links(links->get_array(), made.names); !read) return read;
  if (const auto* indexes = object.if_contains("indexes"); indexes != nullptr && indexes->is_object())
    if (auto read = read_indexes(indexes->get_object(), made); !read) return read;
  if (const auto* services = object.if_contains("services"); services != nullptr && services->is_array())
    if (auto read = read_services(services->get_array(), made.names); !read) return read;
  if (const auto* owed = object.if_contains("owed"); owed != nullptr) {
    auto read = parse_owed(*owed);
    if (!read) return tl::unexpected(read.error());
    made.owed = std::move(*read);
  }
  return {};
}

}  // namespace

std::string encode_journal(const Made& made) {
  json::array links;
  for (const auto& link : made.names.links) links.emplace_back(link);
  json::object indexes;
  for (const auto& [link, index] : made.indexes) indexes[link] = index.value;
  json::array services;
  for (const auto& key : made.names.services) services.emplace_back(to_string(key));
  json::object all{{"format", 1},
                   {"boot", made.boot},
                   {"links", std::move(links)},
                   {"indexes", std::move(indexes)},
                   {"services", std::move(services)}};
  if (!made.owed.empty()) all["owed"] = owed_json(made.owed);
  return json::serialize(all) + "\n";
}

Result<Made> decode_journal(std::string_view text) {
  boost::system::error_code error;
  const auto value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object()) return fail("not a JSON object");
  const auto& object = value.get_object();
  const auto* format = object.if_contains("format");
  if (format == nullptr || !format->is_int64() || format->get_int64() != 1)
    return fail("format: only 1 is known");
  Made made;
  if (auto read = read_lists(object, made); !read) return tl::unexpected(read.error());
  return made;
}

Made of_this_boot(Made made, const std::string& boot) {
  if (boot.empty() || made.boot != boot) return {boot, {}, {}};
  return made;
}

Status JournalBook::will_do(std::span<const Step> steps) {
  bool on_disk = true;
  for (const auto& step : steps) {
    announce(step);
    on_disk = on_disk && holds(written_, step);
  }
  return on_disk ? Status{} : write();
}

void JournalBook::announce(const Step& step) {
  const auto* link = as<CreateLink>(step);
  if (link == nullptr) return note(made_, step);
  const bool announced = !links_to_come_.insert(link->link).second;
  if (!announced || !made_.names.links.contains(link->link)) note(made_, step);
}

void JournalBook::did(const Step& step) {
  if (const auto* made = as<CreateLink>(step)) links_to_come_.erase(made->link);
  if (const auto* link = as<DeleteLink>(step)) forget(made_, link->link);
  if (const auto* service = as<DeleteService>(step)) made_.names.services.erase(service->key);
}

void JournalBook::did_not(const Step& step) {
  if (const auto* link = as<CreateLink>(step)) {
    links_to_come_.erase(link->link);
    forget(made_, link->link);
  }
  if (const auto* service = as<AddService>(step)) made_.names.services.erase(service->key);
}

Status JournalBook::owes(Owed owed) {
  made_.owed = std::move(owed);
  return made_.owed == written_.owed ? Status{} : write();
}

void JournalBook::links_over() {
  for (const auto& link : std::exchange(links_to_come_, {})) forget(made_, link);
}

void JournalBook::saw(const Observed& observed) {
  const auto names = made_.names.links;
  for (const auto& name : names) {
    const auto there = observed.links.find(name);
    if (there == observed.links.end() && links_to_come_.contains(name)) continue;
    if (there == observed.links.end() ||
        made_.indexes.try_emplace(name, there->second.index).first->second != there->second.index)
      forget(made_, name);
  }
}

Status JournalBook::flush() {
  return made_ == written_ && trouble_.empty() ? Status{} : write();
}

Status JournalBook::write() {
  auto written = write_(encode_journal(made_));
  if (written) {
    written_ = made_;
    trouble_.clear();
    return {};
  }
  const bool known = std::exchange(trouble_, written.error().text) == written.error().text;
  return known ? Status{} : written;
}

Result<Observed> OwnKernel::observe(const Scope& scope) {
  auto observed = kernel_.observe(scope);
  if (!observed) return observed;
  if (scope.has(Look::kLinks)) {
    book_.saw(*observed);
    if (auto written = book_.flush(); !written) on_error_(written.error());
  }
  hide_addresses(observed->state, vips_);
  return observed;
}

Status OwnKernel::perform(const Step& step) {
  if (auto written = book_.will_do({&step, 1}); !written) on_error_(written.error());
  auto done = kernel_.perform(step);
  if (done)
    book_.did(step);
  else
    book_.did_not(step);
  return done;
}

}  // namespace hawser::netd
