import { Mic, MicOff } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { Button } from '../../ui/Button';
import { Notice } from '../../ui/Notice';
import { Preview, type PreviewView } from './engine/preview';
import { VoiceSettingsForm } from './VoiceSettingsForm';
import { useVoiceSettings } from './voiceSettings';

const NONE: PreviewView = { device: '', problem: '' };

function newPreview(changed: (view: PreviewView) => void): Preview {
  return new Preview(useVoiceSettings.getState(), changed, () => performance.now());
}

/** The voice settings while one is out of voice. The microphone is captured on a press, until the box closes. */
export default function VoicePreview() {
  const [{ device, problem }, setView] = useState(NONE);
  const preview = useMemo(() => newPreview(setView), []);
  useEffect(() => {
    const unsubscribe = useVoiceSettings.subscribe((settings) => preview.apply(settings));
    return () => {
      unsubscribe();
      preview.stop();
    };
  }, [preview]);
  return (
    <div className="grid gap-2">
      <Button size="sm" onClick={() => (device ? preview.stop() : void preview.start())}>
        {device ? <MicOff size={17} aria-hidden /> : <Mic size={17} aria-hidden />}
        {device ? 'Stop the test' : 'Test your microphone'}
      </Button>
      <p className="px-1 text-small text-faint">
        {device ? 'Speak: the bar below moves. Nobody hears you.' : 'Nobody hears you before you join.'}
      </p>
      {problem && <Notice tone="bad">{problem}</Notice>}
      <VoiceSettingsForm meter={device ? preview : null} device={device} />
    </div>
  );
}
