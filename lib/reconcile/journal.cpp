#include "lib/reconcile/journal.h"

#include <boost/json.hpp>

#include "lib/reconcile/ipvs_host.h"
#include "lib/reconcile/owed_json.h"

namespace hawser {
namespace {

namespace json = boost::json;

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

Status read_values(const json::object& list, Made& made) {
  for (const auto& [name, was] : list) {
    if (!was.is_string()) return fail("values: must be texts");
    made.values.emplace(name, std::string_view(was.get_string()));
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
  if (const auto* values = object.if_contains("values"); values != nullptr && values->is_object())
    if (auto read = read_values(values->get_object(), made); !read) return read;
  if (const auto* nft = object.if_contains("nft"); nft != nullptr && nft->is_bool())
    made.names.nft = nft->get_bool();
  if (const auto* owed = object.if_contains("owed"); owed != nullptr) {
    auto read = parse_owed(*owed);
    if (!read) return tl::unexpected(read.error());
    made.owed = std::move(*read);
  }
  return {};
}

}  // namespace

std::optional<JournalEntry> entry_made_by(const Step& step) {
  if (const auto* link = as<CreateLink>(step)) return MadeLink{link->link};
  if (const auto* service = as<AddService>(step)) return MadeService{service->key};
  if (std::holds_alternative<NftStep>(step) && !is<DeleteNftTable>(step)) return MadeNftTable{};
  if (const auto* host = std::get_if<IpvsHostStep>(&step))
    if (auto value = value_before(*host); !value.name.empty())
      return SetValue{std::move(value.name), std::move(value.value)};
  return std::nullopt;
}

std::optional<JournalEntry> entry_undone_by(const Step& step) {
  if (const auto* link = as<DeleteLink>(step)) return MadeLink{link->link};
  if (const auto* service = as<DeleteService>(step)) return MadeService{service->key};
  if (is<DeleteNftTable>(step)) return MadeNftTable{};
  return std::nullopt;
}

void Made::note(const JournalEntry& entry) {
  std::visit(Overloaded{
                 [this](const MadeLink& link) {
                   names.links.insert(link.name);
                   indexes.erase(link.name);
                 },
                 [this](const MadeService& service) { names.services.insert(service.key); },
                 [this](const SetValue& value) {
                   const auto [known, is_new] = values.emplace(value.name, value.was);
                   if (!is_new) known->second = older_value(value.name, known->second, value.was);
                 },
                 [this](const MadeNftTable& /*table*/) { names.nft = true; },
             },
             entry);
}

void Made::forget(const JournalEntry& entry) {
  std::visit(Overloaded{
                 [this](const MadeLink& link) {
                   names.links.erase(link.name);
                   indexes.erase(link.name);
                 },
                 [this](const MadeService& service) { names.services.erase(service.key); },
                 [this](const SetValue& value) { values.erase(value.name); },
                 [this](const MadeNftTable& /*table*/) { names.nft = false; },
             },
             entry);
}

bool Made::announces(const JournalEntry& entry) const {
  return std::visit(Overloaded{
                        [this](const MadeLink& link) {
                          return names.links.contains(link.name) && !indexes.contains(link.name);
                        },
                        [this](const MadeService& service) { return names.services.contains(service.key); },
                        [this](const SetValue& value) {
                          const auto known = values.find(value.name);
                          return known != values.end() &&
                                 older_value(value.name, known->second, value.was) == known->second;
                        },
                        [this](const MadeNftTable& /*table*/) { return names.nft; },
                    },
                    entry);
}

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
  if (!made.values.empty()) {
    json::object values;
    for (const auto& [name, was] : made.values) values[name] = was;
    all["values"] = std::move(values);
  }
  if (made.names.nft) all["nft"] = true;
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
    const auto entry = entry_made_by(step);
    if (!entry) continue;
    announce(*entry);
    on_disk = on_disk && written_.announces(*entry);
  }
  return on_disk ? Status{} : write();
}

void JournalBook::announce(const JournalEntry& entry) {
  const auto* link = std::get_if<MadeLink>(&entry);
  if (link == nullptr) return made_.note(entry);
  const bool announced = !links_to_come_.insert(link->name).second;
  if (!announced || !made_.names.links.contains(link->name)) made_.note(entry);
}

void JournalBook::did(const Step& step) {
  if (const auto* made = as<CreateLink>(step)) links_to_come_.erase(made->link);
  if (const auto entry = entry_undone_by(step)) made_.forget(*entry);
  const auto* host = std::get_if<IpvsHostStep>(&step);
  if (host == nullptr) return;
  const auto now = value_after(*host);
  if (const auto was = made_.values.find(now.name);
      was != made_.values.end() && is_again(now.name, was->second, now.value))
    made_.values.erase(was);
}

// Of a value that was ours already the entry holds an older one, and stays; a table that could not be changed
// is still there.
void JournalBook::did_not(const Step& step) {
  if (const auto* link = as<CreateLink>(step)) links_to_come_.erase(link->link);
  const auto entry = entry_made_by(step);
  if (!entry || is<RemakeNftTable>(step) || is<SetNftContents>(step)) return;
  const auto* value = std::get_if<SetValue>(&*entry);
  if (value == nullptr) return made_.forget(*entry);
  const auto known = made_.values.find(value->name);
  if (known != made_.values.end() && known->second == value->was) made_.values.erase(known);
}

Status JournalBook::owes(Owed owed) {
  made_.owed = std::move(owed);
  return made_.owed == written_.owed ? Status{} : write();
}

void JournalBook::links_over() {
  for (const auto& link : std::exchange(links_to_come_, {})) made_.forget(MadeLink{link});
}

void JournalBook::saw(const Observed& observed) {
  const auto names = made_.names.links;
  for (const auto& name : names) {
    const auto there = observed.links.find(name);
    if (there == observed.links.end() && links_to_come_.contains(name)) continue;
    if (there == observed.links.end() ||
        made_.indexes.try_emplace(name, there->second.index).first->second != there->second.index)
      made_.forget(MadeLink{name});
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

}  // namespace hawser
