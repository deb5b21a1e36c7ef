-- Makes a session with Ksmps Instrument on a MIDI track and Ksmps Effect, with a sidechain, on an audio track.
-- Arguments: the session's folder and its name.

local session = create_session(arg[1], arg[2], 48000)
assert(session, "the session cannot be made")

local function insert(route, name)
  local plugin = ARDOUR.LuaAPI.new_plugin(session, name, ARDOUR.PluginType.VST3, "")
  assert(not plugin:isnil(), name .. " is not found")
  assert(route:add_processor_by_index(plugin, 0, nil, true) == 0, name .. " cannot be inserted")
end

local last = ARDOUR.PresentationInfo.max_order
local midi = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)
local stereo = ARDOUR.ChanCount(ARDOUR.DataType("audio"), 2)

local notes = session:new_midi_track(
  midi, stereo, true, ARDOUR.PluginInfo(), nil, nil, 1, "Notes", last, ARDOUR.TrackMode.Normal, true
):front()
insert(notes, "Ksmps Instrument")

local audio = session:new_audio_track(2, 2, nil, 1, "Audio", last, ARDOUR.TrackMode.Normal, true):front()
insert(audio, "Ksmps Effect")
assert(audio:add_sidechain(audio:nth_plugin(0)), "the effect takes no sidechain")

session:save_state("")
close_session()
