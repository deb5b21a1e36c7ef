-- Loads the session, which has its documents and regions by now; sends the notes to the sidechain, writes an automation
-- of the effect's gain, and saves. Arguments: the session's folder and its name; begin and end of the ramp in seconds.

local session = load_session(arg[1], arg[2])
assert(session, "the session does not load")

local notes, audio
for track in session:get_tracks():iter() do
  assert(track:to_track():playlist():n_regions() == 1, track:name() .. " has lost its region")
  if track:name() == "Notes" then notes = track else audio = track end
end

local send = ARDOUR.LuaAPI.new_send(session, notes, notes:amp())
assert(not send:isnil(), "no send")
local effect = audio:nth_plugin(0)
local sidechain = effect:to_insert():sidechain_input()
for side = 0, 1 do
  assert(send:to_send():output():nth(side):connect(sidechain:nth(side):name()) == 0, "no connection")
end

-- The first slot is the gain, under whatever title: Ardour keeps those that it has read when the plugin was made.
print("title: " .. effect:to_insert():plugin(0):parameter_label(0))
local list, line, what = ARDOUR.LuaAPI.plugin_automation(effect, 0)
assert(not list:isnil(), "the gain cannot be automated")
local rate = session:nominal_sample_rate()
local function point(seconds, value)
  line:add(Temporal.timepos_t(math.floor(seconds * rate)), value, false, true)
end
point(0, what.upper)
point(tonumber(arg[3]), what.upper)
point(tonumber(arg[4]), what.lower)
local gain = effect:to_automatable():automation_control(
  Evoral.Parameter(ARDOUR.AutomationType.PluginAutomation, 0, 0), false
)
gain:set_automation_state(ARDOUR.AutoState.Play)

session:save_state("")
close_session()
